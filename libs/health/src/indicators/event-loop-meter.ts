import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { LoopReading } from './utilization-window.js';

/** Costs about 0.4 % of a processor; 10 ms would cost 0.7 %. */
const RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;

/** Reads the event loop of this thread. */
export class EventLoopMeter {
  private readonly delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.delays.enable();
  }

  reading(): LoopReading {
    return performance.eventLoopUtilization();
  }

  /** The 99th percentile of delays since the last call, without the resolution that it includes. */
  takeDelayMs(): number {
    const { count } = this.delays;
    const delayMs = this.delays.percentile(99) / NS_PER_MS - RESOLUTION_MS;
    this.delays.reset();
    return count === 0 ? 0 : Math.max(0, delayMs);
  }

  stop(): void {
    this.delays.disable();
  }
}
