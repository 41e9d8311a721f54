import { Clock, type CancelTimer, type Timer } from './clock.js';

/** The real time of this machine. */
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  schedule(task: () => void, delayMs: number, keepAlive = true): CancelTimer {
    const timer = setTimeout(task, delayMs);
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  }

  override startTimer(task: () => void, delayMs: number): Timer {
    const timer = setTimeout(task, delayMs);
    return {
      cancel: () => clearTimeout(timer),
      keepAlive: (on) => void (on ? timer.ref() : timer.unref()),
    };
  }
}
