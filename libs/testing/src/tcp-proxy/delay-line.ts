import { SystemClock } from '@loyalnest/core';

const clock = new SystemClock();

/** Runs tasks after a delay of their own, but never one before another that came earlier. */
export class DelayLine {
  private waiting = 0;
  private last = Promise.resolve();

  /** Runs `task` at once if it has no delay and none is waiting. */
  push(task: () => void, delayMs: number): void {
    if (delayMs === 0 && this.waiting === 0) {
      task();
      return;
    }
    const dueAt = clock.monotonic() + delayMs;
    this.waiting++;
    // Timers of different lengths may fire out of order by a millisecond: hence the chain.
    this.last = this.last.then(async () => {
      const restMs = dueAt - clock.monotonic();
      if (restMs > 0) await clock.sleep(restMs, { keepAlive: false });
      this.waiting--;
      task();
    });
  }
}
