import type { Clock } from '@loyalnest/core';
import { TimeoutQueue, type Expiring } from '@loyalnest/core/toolkit';
import { AsyncResource } from 'node:async_hooks';

/** A request that waits for Redis. */
class AwaitedAnswer implements Expiring<AwaitedAnswer> {
  previous: AwaitedAnswer | undefined;
  next: AwaitedAnswer | undefined;
  readonly context = new AsyncResource('LoyalNestAnswer');

  constructor(
    public dueAtMs: number,
    private readonly settle: () => void,
  ) {}

  /** Settles the request in its own context. */
  giveUp(): void {
    this.context.runInAsyncScope(this.settle);
  }
}

/**
 * Requests that wait for Redis, with one timer for all of them. When one has waited for too long, all of
 * them give up, because the later ones would wait in vain too.
 */
export class AwaitedAnswers {
  private readonly waiting = new Set<AwaitedAnswer>();
  private readonly queue: TimeoutQueue<AwaitedAnswer>;

  /** @param onLate called when a request has waited for too long; must call `giveUp` in the end */
  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    onLate: () => void,
  ) {
    this.queue = new TimeoutQueue<AwaitedAnswer>(clock, (answer) => {
      this.queue.remove(answer);
      onLate();
    });
  }

  /**
   * Adds a waiting request.
   *
   * @returns a function that ends the waiting, and returns false if the request has already given up
   */
  add(giveUp: () => void): () => boolean {
    const answer = new AwaitedAnswer(this.clock.monotonic() + this.timeoutMs, giveUp);
    this.waiting.add(answer);
    this.queue.add(answer);
    return () => {
      this.queue.remove(answer);
      return this.waiting.delete(answer);
    };
  }

  /** Makes every waiting request give up. */
  giveUp(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const answer of waiting) {
      this.queue.remove(answer);
      answer.giveUp();
    }
  }
}
