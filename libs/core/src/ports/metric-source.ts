/** The current value of a metric. */
export interface Measurement {
  /** Prometheus name with the unit at the end: `loyalnest_outbox_lag_seconds`. */
  readonly name: string;
  /** One sentence; the same for every measurement with this name. */
  readonly help: string;
  /** `counter` for values that only grow while the process lives. @defaultValue 'gauge' */
  readonly kind?: 'gauge' | 'counter';
  /** In base units: seconds, bytes, ratios from 0 to 1. */
  readonly value: number;
  /**
   * Use the same label names for every measurement with this name. Take label values from code or
   * configuration, never from merchants, users or keys: each value makes a time series that stays.
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Key of the method with which a provider reports its values when metrics are collected. */
export const OBSERVE_METRICS: unique symbol = Symbol.for('@loyalnest/core:observe-metrics');

/**
 * A provider that knows current states, as opposed to events: the depth of a queue, the lag of an
 * outbox, the size of a pool. Nest's discovery finds it. It is asked when metrics are collected, by one
 * collection at a time.
 */
export interface MetricSource {
  /** Name that is unique in the application, such as `queue`. */
  readonly metricSource: string;
  /**
   * Must settle soon after `signal` aborts. A rejection means that the values are unknown now. The cost
   * must not grow with the measured values.
   */
  [OBSERVE_METRICS](signal: AbortSignal): Iterable<Measurement> | Promise<Iterable<Measurement>>;
}

/** Returns whether a provider implements {@link MetricSource}. */
export function isMetricSource(value: unknown): value is MetricSource {
  return (
    typeof (value as Partial<MetricSource> | null | undefined)?.[OBSERVE_METRICS] === 'function'
  );
}
