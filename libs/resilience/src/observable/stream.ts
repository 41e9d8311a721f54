import type { Clock } from '@loyalnest/core';
import { AsyncResource } from 'node:async_hooks';
import type { Subscriber } from 'rxjs';

/**
 * Receives the values of an Observable from every attempt. The subscriber gets them in its own
 * context, even from a source that it shares with others and that emits in theirs.
 */
export class Stream extends AsyncResource {
  /** Monotonic time of the last value; undefined before the first. */
  lastValueAtMs: number | undefined;

  constructor(
    private readonly subscriber: Subscriber<unknown>,
    private readonly clock: Clock,
  ) {
    super('LoyalNestStream');
  }

  next(value: unknown): void {
    this.lastValueAtMs = this.clock.monotonic();
    this.runInAsyncScope(this.subscriber.next, this.subscriber, value);
  }
}
