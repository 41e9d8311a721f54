/** One value as it is now: a time series without its history. */
export interface Measurement {
  /** As Prometheus spells it, with its unit at the end: `loyalnest_outbox_lag_seconds`. */
  readonly name: string;
  /** One sentence; the same for every measurement of the name. */
  readonly help: string;
  /** `counter` for what only grows while the process lives. @defaultValue 'gauge' */
  readonly kind?: 'gauge' | 'counter';
  /** In base units: seconds, bytes, ratios from 0 to 1. */
  readonly value: number;
  /**
   * The same names for every measurement of the name. Values come from code or configuration; never
   * a merchant, a user or a key, as each value is a series that stays.
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Key of the method by which a provider tells its values to who collects metrics. */
export const OBSERVE_METRICS: unique symbol = Symbol.for('@loyalnest/core:observe-metrics');

/**
 * A provider that knows values that are states and not events: the depth of a queue, the lag of an
 * outbox, the size of a pool. Found by discovery; asked when metrics are collected, by one
 * collection at a time.
 */
export interface MetricSource {
  /** Unique in the application, such as `queue`. */
  readonly metricSource: string;
  /**
   * Must settle soon after `signal` aborts; a rejection means that nothing is known now. The cost
   * must not grow with what is measured.
   */
  [OBSERVE_METRICS](signal: AbortSignal): Iterable<Measurement> | Promise<Iterable<Measurement>>;
}

export function isMetricSource(value: unknown): value is MetricSource {
  return (
    typeof (value as Partial<MetricSource> | null | undefined)?.[OBSERVE_METRICS] === 'function'
  );
}
