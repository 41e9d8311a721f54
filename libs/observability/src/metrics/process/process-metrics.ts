import type { Measurement } from '@loyalnest/core';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { EventLoopWindow } from './event-loop-window.js';

/** prom-client starts its own event loop monitor. At this resolution it never fires. */
const NEVER_MS = 3_600_000;

/** Reports metrics of the process: CPU, memory, garbage collection, event loop, uptime. */
export class ProcessMetrics {
  private static shared: ProcessMetrics | undefined;
  readonly registry = new Registry();
  private readonly loop = new EventLoopWindow();

  /** Returns the one instance of this process, which all its applications share. */
  static ofThisProcess(): ProcessMetrics {
    return (this.shared ??= new ProcessMetrics());
  }

  private constructor() {
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: NEVER_MS });
    // prom-client resets these at each scrape, so two scrapers would disturb each other.
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
        help: 'Delay of timers in the event loop, over ten seconds',
        value,
      })),
      {
        name: 'nodejs_eventloop_utilization_ratio',
        help: 'Share of time in which the event loop was busy, over ten seconds',
        value: loop.utilization,
      },
      ...Object.entries(times).map(([state, value]) => ({
        name: 'nodejs_eventloop_time_seconds_total',
        help: 'Time that the event loop was busy (active) or idle',
        kind: 'counter' as const,
        value,
        labels: { nodejs_eventloop_state: state },
      })),
      {
        name: 'process_uptime_seconds',
        help: 'Time since the process started',
        value: process.uptime(),
      },
    ];
  }
}
