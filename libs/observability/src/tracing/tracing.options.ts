import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { ratio, wholeNumber } from '@loyalnest/core/toolkit';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Environment } from './export-configured.js';

export interface SamplingOptions {
  /**
   * Part of the traces that begin here which is recorded, 0 to 1. Traces that come from elsewhere
   * keep the decision they bring. @defaultValue OTEL_TRACES_SAMPLER_ARG, or 1
   */
  readonly ratio?: number;
  /** Sends what this process did of a trace with an error, sampled or not. @defaultValue true */
  readonly keepErrors?: boolean;
  /**
   * Sends what this process did of a trace that took at least so long here, sampled or not.
   * `Infinity`: slowness does not count. @defaultValue '1s'
   */
  readonly slow?: Duration;
}

export interface TracingModuleOptions {
  /** `service.name` of all spans. */
  readonly service: string;
  /** `service.version`. @defaultValue none */
  readonly version?: string;
  /** More attributes of the service, such as the region. @defaultValue OTEL_RESOURCE_ATTRIBUTES */
  readonly resource?: Readonly<Record<string, string>>;
  /** @defaultValue every trace that begins here */
  readonly sampling?: SamplingOptions;
  /**
   * Paths whose requests make no spans, and what lies below them.
   *
   * @defaultValue ['/health', '/metrics']
   */
  readonly silentRoutes?: readonly string[];
  /** Unsampled traces that may wait for their end at once. >= 1. @defaultValue 1000 */
  readonly maxTraces?: number;
  /** Spans of unsampled traces that may be kept in memory at once. >= 1. @defaultValue 10000 */
  readonly maxBufferedSpans?: number;
  /** Spans that may wait to be sent; further ones are dropped. >= 1. @defaultValue 8192 */
  readonly maxQueuedSpans?: number;
  /** Longest wait of a span before it is sent. At least 10 ms. @defaultValue '5s' */
  readonly exportEvery?: Duration;
  /**
   * Where spans go.
   *
   * @defaultValue OTLP over HTTP as OTEL_EXPORTER_OTLP_ENDPOINT and the other variables of its
   * specification say; none without one
   */
  readonly exporter?: SpanExporter;
}

export interface ResolvedTracingOptions {
  readonly ratio: number;
  readonly keepErrors: boolean;
  /** Infinity: slowness does not count. */
  readonly slowMs: number;
  readonly silentRoutes: readonly string[];
  readonly maxTraces: number;
  readonly maxBufferedSpans: number;
  readonly maxQueuedSpans: number;
  readonly exportEveryMs: number;
}

/** @throws OptionError */
export function resolveTracingOptions(
  options: TracingModuleOptions,
  environment: Environment,
): ResolvedTracingOptions {
  const { service, sampling = {}, silentRoutes = ['/health', '/metrics'] } = options;
  if (typeof service !== 'string' || service === '') {
    throw new OptionError('TracingModule.service', service, "name it, such as 'points-service'");
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
