import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

export interface MetricsModuleOptions {
  /** On every series. */
  readonly service: string;
  /** Of the service, on `service_build_info`. @defaultValue 'unknown' */
  readonly version?: string;
  /** More labels for every series, such as the region. @defaultValue none */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Paths whose requests are not measured, and what lies below them.
   *
   * @defaultValue ['/health', '/metrics']
   */
  readonly ignore?: readonly string[];
  /** Routes that are told apart; further ones are `other`. >= 1. @defaultValue 200 */
  readonly maxRoutes?: number;
  /**
   * Series of one metric, a histogram's buckets counting as one. Further ones share a series whose
   * labels are all `other`. >= 1. @defaultValue 1000
   */
  readonly maxSeries?: number;
  /** How long a collection may be served again. At least one second. @defaultValue '1s' */
  readonly cacheFor?: Duration;
  /**
   * How long one source of values, such as the queues in Redis, is waited for. At least 1 ms.
   *
   * @defaultValue '500ms'
   */
  readonly sourceTimeout?: Duration;
  /**
   * Port of a server of its own for `/metrics`, and for nothing else; the application's own port does
   * not have it then. 0 takes a free one. @defaultValue none: the application's own port
   */
  readonly port?: number;
  /** Address that `port` listens on. @defaultValue all of the machine's */
  readonly host?: string;
  /** @defaultValue the system's */
  readonly clock?: Clock;
}

/** What decides about the endpoint; fixed when the module is declared. */
export interface MetricsEndpointOptions {
  /** @defaultValue '/metrics' */
  readonly path?: string;
  /** Asks `AdminAccess` for the role `view`. @defaultValue false */
  readonly guard?: boolean;
}

export interface ResolvedMetricsOptions {
  /** On every series. */
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

/** @throws {@link OptionError} */
export function resolveMetricsOptions(options: MetricsModuleOptions): ResolvedMetricsOptions {
  const { service, version = 'unknown', labels = {}, ignore = ['/health', '/metrics'] } = options;
  if (typeof service !== 'string' || service === '') {
    throw new OptionError('MetricsModule.service', service, "name it, such as 'points-service'");
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
