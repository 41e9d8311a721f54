import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

const RESOLUTION_MS = 20;
/** Who reads more often sees the same window again, so that no reader takes values from another. */
export const WINDOW_MS = 10_000;

export interface EventLoopReading {
  /** Delays of the last window, without the resolution that an idle loop shows. */
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

/** How late the event loop comes to its timers, and how busy it is. */
export class EventLoopMonitor {
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private before = performance.eventLoopUtilization();
  private since: number;
  private last: Window | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.since = now();
    this.delays.enable();
  }

  read(): EventLoopReading {
    const { active, idle } = performance.eventLoopUtilization();
    const now = this.now();
    if (!this.last || now - this.since >= WINDOW_MS) {
      this.last = this.window();
      this.since = now;
    }
    return { ...this.last, activeSeconds: active / 1_000, idleSeconds: idle / 1_000 };
  }

  private window(): Window {
    const { delays, before } = this;
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    this.before = now;
    const window = {
      p50Seconds: withoutResolution(delays.percentile(50)),
      p99Seconds: withoutResolution(delays.percentile(99)),
      maxSeconds: withoutResolution(delays.max),
      utilization,
    };
    delays.reset();
    return window;
  }
}

function withoutResolution(delayNs: number): number {
  return Math.max(0, delayNs / 1e9 - RESOLUTION_MS / 1_000);
}
