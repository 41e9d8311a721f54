import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { ratio, wholeNumber } from '@loyalnest/core/toolkit';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Environment } from './export-configured.js';

/** Which traces are exported. */
export interface SamplingOptions {
  /**
   * Share of the traces that start here and are sampled, 0 to 1. For traces of a calling service,
   * its decision is kept. @defaultValue OTEL_TRACES_SAMPLER_ARG, or 1
   */
  readonly ratio?: number;
  /** Exports this process's part of a trace with an error, sampled or not. @defaultValue true */
  readonly keepErrors?: boolean;
  /**
   * Exports this process's part of a trace if it takes at least this long, sampled or not.
   * `Infinity` turns this off. @defaultValue '1s'
   */
  readonly slow?: Duration;
}

/** Options of `TracingModule`. */
export interface TracingModuleOptions {
  /** Attribute `service.name` of all spans. */
  readonly service: string;
  /** Attribute `service.version` of all spans. @defaultValue none */
  readonly version?: string;
  /** More attributes of the service, such as the region. @defaultValue OTEL_RESOURCE_ATTRIBUTES */
  readonly resource?: Readonly<Record<string, string>>;
  /** Which traces are exported. @defaultValue every trace that starts here */
  readonly sampling?: SamplingOptions;
  /**
   * Paths whose requests create no spans, including everything below them.
   *
   * @defaultValue ['/health', '/metrics']
   */
  readonly silentRoutes?: readonly string[];
  /** Maximum number of unsampled traces that are held until they end. >= 1. @defaultValue 1000 */
  readonly maxTraces?: number;
  /** Maximum number of spans of unsampled traces in memory. >= 1. @defaultValue 10000 */
  readonly maxBufferedSpans?: number;
  /** Maximum number of spans that wait for export; others are dropped. >= 1. @defaultValue 8192 */
  readonly maxQueuedSpans?: number;
  /** Maximum time between two exports. At least 10 ms. @defaultValue '5s' */
  readonly exportEvery?: Duration;
  /**
   * Where spans go.
   *
   * @defaultValue OTLP over HTTP, configured by OTEL_EXPORTER_OTLP_ENDPOINT and the other variables
   * of OpenTelemetry's specification; none without an endpoint
   */
  readonly exporter?: SpanExporter;
}

/** Options with defaults applied, and durations in milliseconds. */
export interface ResolvedTracingOptions {
  readonly ratio: number;
  readonly keepErrors: boolean;
  /** `Infinity` if slow traces are not kept. */
  readonly slowMs: number;
  readonly silentRoutes: readonly string[];
  readonly maxTraces: number;
  readonly maxBufferedSpans: number;
  readonly maxQueuedSpans: number;
  readonly exportEveryMs: number;
}

/**
 * Applies defaults and checks every option.
 *
 * @throws OptionError for the first option that is not valid
 */
export function resolveTracingOptions(
  options: TracingModuleOptions,
  environment: Environment,
): ResolvedTracingOptions {
  const { service, sampling = {}, silentRoutes = ['/health', '/metrics'] } = options;
  if (typeof service !== 'string' || service === '') {
    throw new OptionError(
      'TracingModule.service',
      service,
      "use the name of the service, such as 'points-service'",
    );
  }
  for (const path of silentRoutes) {
    if (path.startsWith('/')) continue;
    throw new OptionError('TracingModule.silentRoutes', path, "use paths, such as '/health'");
  }
  const { keepErrors = true, slow = '1s' } = sampling;
  const whole = (name: keyof TracingModuleOptions, value: number): number =>
    wholeNumber(`TracingModule.${name}`, value, { min: 1 });
  return {
    ratio:
      sampling.ratio === undefined
        ? ratioOf(environment)
        : ratio('TracingModule.sampling.ratio', sampling.ratio),
    keepErrors,
    slowMs:
      slow === Infinity ? Infinity : durationMs('TracingModule.sampling.slow', slow, { minMs: 1 }),
    silentRoutes,
    maxTraces: whole('maxTraces', options.maxTraces ?? 1_000),
    maxBufferedSpans: whole('maxBufferedSpans', options.maxBufferedSpans ?? 10_000),
    maxQueuedSpans: whole('maxQueuedSpans', options.maxQueuedSpans ?? 8_192),
    exportEveryMs: durationMs('TracingModule.exportEvery', options.exportEvery ?? '5s', {
      minMs: 10,
    }),
  };
}

function ratioOf({ OTEL_TRACES_SAMPLER_ARG: given }: Environment): number {
  if (given === undefined || given.trim() === '') return 1;
  return ratio('OTEL_TRACES_SAMPLER_ARG', Number(given));
}
