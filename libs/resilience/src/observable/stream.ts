import type { Clock } from '@loyalnest/core';
import type { Subscriber } from 'rxjs';

/** Receives the values of an Observable from every attempt. */
export class Stream {
  /** Monotonic time of the last value; undefined before the first. */
  lastValueAtMs: number | undefined;

  constructor(
    private readonly subscriber: Subscriber<unknown>,
    private readonly clock: Clock,
  ) {}

  next(value: unknown): void {
    this.lastValueAtMs = this.clock.monotonic();
    this.subscriber.next(value);
  }
}
