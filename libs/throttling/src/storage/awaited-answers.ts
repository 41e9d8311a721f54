import type { Clock } from '@loyalnest/core';
import { TimeoutQueue, type Expiring } from '@loyalnest/core/toolkit';

/** One request that waits for Redis. */
class AwaitedAnswer implements Expiring<AwaitedAnswer> {
  previous: AwaitedAnswer | undefined;
  next: AwaitedAnswer | undefined;

  constructor(
    public dueAtMs: number,
    readonly giveUp: () => void,
  ) {}
}

/**
 * Requests that wait for Redis, with one timer for all of them. Once one has waited for too long, all
 * give up: those that came later would wait in vain as well.
 */
export class AwaitedAnswers {
  private readonly waiting = new Set<AwaitedAnswer>();
  private readonly queue: TimeoutQueue<AwaitedAnswer>;

  /** @param onLate must end with `giveUp` */
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

  /** @returns what ends the waiting; false if it has been given up */
  add(giveUp: () => void): () => boolean {
    const answer = new AwaitedAnswer(this.clock.monotonic() + this.timeoutMs, giveUp);
    this.waiting.add(answer);
    this.queue.add(answer);
    return () => {
      this.queue.remove(answer);
      return this.waiting.delete(answer);
    };
  }

  giveUp(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const answer of waiting) {
      this.queue.remove(answer);
      answer.giveUp();
    }
  }
}
