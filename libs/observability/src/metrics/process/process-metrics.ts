import type { Measurement } from '@loyalnest/core';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { EventLoopWindow } from './event-loop-window.js';

/** prom-client starts its own monitor of the loop; at this resolution it never fires. */
const NEVER_MS = 3_600_000;

/** Metrics of the process: CPU, memory, garbage collection, event loop, uptime. */
export class ProcessMetrics {
  private static shared: ProcessMetrics | undefined;
  readonly registry = new Registry();
  private readonly loop = new EventLoopWindow();

  /** They describe the process, so there is one of them, however many applications it holds. */
  static ofThisProcess(): ProcessMetrics {
    return (this.shared ??= new ProcessMetrics());
  }

  private constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: NEVER_MS });
    // Reset at each scrape there, so that two scrapers take values from each other.
    for (const { name } of this.registry.getMetricsAsArray()) {
      if (name.startsWith('nodejs_eventloop_lag')) this.registry.removeSingleMetric(name);
    }
  }

  observe(): readonly Measurement[] {
    const { p50Seconds, p99Seconds, maxSeconds, ...loop } = this.loop.read();
    const delays = { p50: p50Seconds, p99: p99Seconds, max: maxSeconds };
    const times = { active: loop.activeSeconds, idle: loop.idleSeconds };
    return [
      ...Object.entries(delays).map(([kind, value]) => ({
        name: `nodejs_eventloop_delay_${kind}_seconds`,
        help: 'How late the event loop came to its timers, within ten seconds',
        value,
      })),
      {
        name: 'nodejs_eventloop_utilization_ratio',
        help: 'Share of time in which the event loop was busy, within ten seconds',
        value: loop.utilization,
      },
      ...Object.entries(times).map(([state, value]) => ({
        name: 'nodejs_eventloop_time_seconds_total',
        help: 'Time that the event loop was busy and idle',
        kind: 'counter' as const,
        value,
        labels: { nodejs_eventloop_state: state },
      })),
      {
        name: 'process_uptime_seconds',
        help: 'Time since the process was started',
        value: process.uptime(),
      },
    ];
  }
}
