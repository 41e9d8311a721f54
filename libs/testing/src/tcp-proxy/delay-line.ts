import { SystemClock } from '@loyalnest/core';

const clock = new SystemClock();

/** Runs each task after its own delay, but never before an earlier task. */
export class DelayLine {
  private waiting = 0;
  private last = Promise.resolve();

  /** Runs `task` after `delayMs`, or immediately if that is 0 and no task is waiting. */
  push(task: () => void, delayMs: number): void {
    if (delayMs === 0 && this.waiting === 0) {
      task();
      return;
    }
    const dueAt = clock.monotonic() + delayMs;
    this.waiting++;
    // A chain, because timers of different lengths may fire out of order by a millisecond.
    this.last = this.last.then(async () => {
      const restMs = dueAt - clock.monotonic();
      if (restMs > 0) await clock.sleep(restMs, { keepAlive: false });
      this.waiting--;
      task();
    });
  }
}
