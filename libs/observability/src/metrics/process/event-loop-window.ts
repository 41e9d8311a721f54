import { EventLoopMonitor, loopUtilization, type LoopTimes } from '@loyalnest/core/toolkit';

/**
 * Reads within one window return the same values, so several scrapers do not disturb each other.
 */
export const WINDOW_MS = 10_000;

/** Values of the last complete window, and totals. */
export interface EventLoopReading {
  /** Delay of timers in the last window. */
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  readonly maxSeconds: number;
  /** Share of the last window in which the loop was busy. */
  readonly utilization: number;
  /** Since the start of the process. */
  readonly activeSeconds: number;
  readonly idleSeconds: number;
}

type Window = Omit<EventLoopReading, 'activeSeconds' | 'idleSeconds'>;

/** Measures how late the event loop runs timers, and how busy it is, in windows of ten seconds. */
export class EventLoopWindow {
  private readonly loop = new EventLoopMonitor();
  private before: LoopTimes = this.loop.times();
  private since: number;
  private last: Window | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.since = now();
  }

  read(): EventLoopReading {
    const times = this.loop.times();
    const now = this.now();
    if (!this.last || now - this.since >= WINDOW_MS) {
      this.last = this.endWindow(times);
      this.since = now;
    }
    return {
      ...this.last,
      activeSeconds: times.active / 1_000,
      idleSeconds: times.idle / 1_000,
    };
  }

  private endWindow(times: LoopTimes): Window {
    const { p50Ms, p99Ms, maxMs } = this.loop.takeDelays();
    const utilization = loopUtilization(this.before, times);
    this.before = times;
    return {
      p50Seconds: p50Ms / 1_000,
      p99Seconds: p99Ms / 1_000,
      maxSeconds: maxMs / 1_000,
      utilization,
    };
  }
}
