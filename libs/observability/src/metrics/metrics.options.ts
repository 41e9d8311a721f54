import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

/** Options of `MetricsModule`. */
export interface MetricsModuleOptions {
  /** Name of the service: the label `service` of every series. */
  readonly service: string;
  /** Version of the service: a label of `service_build_info`. @defaultValue 'unknown' */
  readonly version?: string;
  /** More labels for every series, such as the region. @defaultValue none */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Paths whose requests are not measured, including everything below them.
   *
   * @defaultValue ['/health', '/metrics']
   */
  readonly ignore?: readonly string[];
  /** Maximum number of routes; further ones are `other`. >= 1. @defaultValue 200 */
  readonly maxRoutes?: number;
  /**
   * Maximum number of series of one metric; all buckets of a histogram count as one. Further values
   * share a series whose labels are all `other`. >= 1. @defaultValue 1000
   */
  readonly maxSeries?: number;
  /** How long a collection is served again. At least one second. @defaultValue '1s' */
  readonly cacheFor?: Duration;
  /**
   * How long a scrape waits for one metric source, such as the queues in Redis. At least 1 ms.
   *
   * @defaultValue '500ms'
   */
  readonly sourceTimeout?: Duration;
  /**
   * Port of a separate server that serves only `/metrics`. The application's own port then answers
   * 404. 0 picks a free port. @defaultValue none: the application's own port
   */
  readonly port?: number;
  /** Address that `port` listens on. @defaultValue all addresses */
  readonly host?: string;
  /** Time source, for tests. @defaultValue the system clock */
  readonly clock?: Clock;
}

/** Options of the endpoint. They are fixed when the module is declared. */
export interface MetricsEndpointOptions {
  /** Path of the endpoint. @defaultValue '/metrics' */
  readonly path?: string;
  /** Requires the role `view` of `AdminAccess`. @defaultValue false */
  readonly guard?: boolean;
}

/** Options with defaults applied, and durations in milliseconds. */
export interface ResolvedMetricsOptions {
  /** Labels of every series, `service` included. */
  readonly labels: Readonly<Record<string, string>>;
  readonly version: string;
  readonly ignore: readonly string[];
  readonly maxRoutes: number;
  readonly maxSeries: number;
  readonly cacheForMs: number;
  readonly sourceTimeoutMs: number;
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly clock: Clock;
}

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const MIN_CACHE_MS = 1_000;

/**
 * Applies defaults and checks every option.
 *
 * @throws {@link OptionError} for the first option that is not valid
 */
export function resolveMetricsOptions(options: MetricsModuleOptions): ResolvedMetricsOptions {
  const { service, version = 'unknown', labels = {}, ignore = ['/health', '/metrics'] } = options;
  if (typeof service !== 'string' || service === '') {
    throw new OptionError(
      'MetricsModule.service',
      service,
      "use the name of the service, such as 'points-service'",
    );
  }
  for (const name of Object.keys(labels)) {
    if (LABEL.test(name) && !name.startsWith('__') && name !== 'service') continue;
    throw new OptionError('MetricsModule.labels', name, 'use a name that matches [a-zA-Z_]\\w*');
  }
  for (const path of ignore) {
    if (path.startsWith('/')) continue;
    throw new OptionError('MetricsModule.ignore', path, "use paths, such as '/health'");
  }
  return {
    labels: { service, ...labels },
    version,
    ignore,
    maxRoutes: wholeNumber('MetricsModule.maxRoutes', options.maxRoutes ?? 200, { min: 1 }),
    maxSeries: wholeNumber('MetricsModule.maxSeries', options.maxSeries ?? 1_000, { min: 1 }),
    cacheForMs: durationMs('MetricsModule.cacheFor', options.cacheFor ?? MIN_CACHE_MS, {
      minMs: MIN_CACHE_MS,
    }),
    sourceTimeoutMs: durationMs('MetricsModule.sourceTimeout', options.sourceTimeout ?? '500ms', {
      minMs: 1,
    }),
    port:
      options.port === undefined
        ? undefined
        : wholeNumber('MetricsModule.port', options.port, { max: 65_535 }),
    host: options.host,
    clock: options.clock ?? new SystemClock(),
  };
}
