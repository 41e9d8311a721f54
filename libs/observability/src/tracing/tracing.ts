import {
  DRAIN,
  ON_SHUTDOWN,
  OptionError,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
} from '@loyalnest/core';
import { installTracer, redactText } from '@loyalnest/core/toolkit';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { context, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import { isExportConfigured } from './export-configured.js';
import { SpanQueue } from './export/span-queue.js';
import { HeadSampler } from './sampling/head-sampler.js';
import { TailSampler } from './sampling/tail-sampler.js';
import { serviceResource } from './service-resource.js';
import { SpanTally, type SpanCounts } from './span-counts.js';
import { OtelTracer } from './span/otel-tracer.js';
import { RequestContextManager } from './span/request-context-manager.js';
import { RequestContextPropagator } from './span/request-context-propagator.js';
import { MODULE_OPTIONS_TOKEN } from './tracing.module-definition.js';
import { resolveTracingOptions, type TracingModuleOptions } from './tracing.options.js';

/** How long a close without a graceful shutdown waits for the collector. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * The tracing of this process. It starts when this provider is created, and is flushed and stopped
 * in the last phase of the shutdown. If several applications run in one process, only the first one
 * traces.
 */
@Injectable()
export class Tracing implements Drainable, ShutdownListener, OnApplicationShutdown {
  private readonly logger = new Logger('Tracing');
  private readonly tally = new SpanTally();
  private queue: SpanQueue | undefined;
  private uninstall: (() => void) | undefined;
  private draining = false;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: TracingModuleOptions) {
    const exporter = options.exporter ?? configuredExporter();
    const resolved = resolveTracingOptions(options, process.env);
    if (exporter === undefined) return;
    const queue = new SpanQueue(
      { ...resolved, exporter, onChange: (error) => this.report(error) },
      this.tally,
    );
    const { ratio, keepErrors, slowMs } = resolved;
    const provider = new TracerProvider({
      resource: serviceResource(options),
      sampler: new HeadSampler(ratio, keepErrors || slowMs !== Infinity),
      spanProcessors: [new TailSampler(resolved, queue, this.tally)],
    });
    const tracer = new OtelTracer(
      provider.getTracer('@loyalnest/observability'),
      resolved.silentRoutes,
    );
    this.uninstall = installTracer(tracer);
    if (this.uninstall === undefined) {
      void queue.close(AbortSignal.abort());
      return;
    }
    this.queue = queue;
    this.takeGlobals(provider);
  }

  /** Whether this application creates spans. */
  get active(): boolean {
    return this.queue !== undefined;
  }

  /** What happened to the spans of this process so far. */
  get counts(): SpanCounts {
    return this.tally;
  }

  /** Resolves when all spans that have ended so far are exported or dropped. Never rejects. */
  async flush(): Promise<void> {
    await this.queue?.flush();
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'flush', name: 'traces', run: (signal) => this.close(signal) }];
  }

  /**
   * The last chance without a graceful shutdown. In a graceful one, other hooks still create spans.
   */
  async onApplicationShutdown(): Promise<void> {
    if (!this.draining) await this.close(AbortSignal.timeout(CLOSE_WITHIN_MS));
  }

  private async close(signal: AbortSignal): Promise<void> {
    const { queue } = this;
    if (queue === undefined) return;
    this.queue = undefined;
    this.uninstall?.();
    await queue.close(signal);
    trace.disable();
    context.disable();
    propagation.disable();
  }

  /** Registers globally, so spans created with OpenTelemetry's API belong to the same traces. */
  private takeGlobals(provider: TracerProvider): void {
    const taken =
      trace.setGlobalTracerProvider(provider) &&
      context.setGlobalContextManager(new RequestContextManager()) &&
      propagation.setGlobalPropagator(new RequestContextPropagator());
    if (taken) return;
    this.uninstall?.();
    throw new OptionError(
      'TracingModule',
      'a process with another OpenTelemetry SDK',
      'start only one: remove NodeSDK and --import, or remove TracingModule',
    );
  }

  private report(error: Error | undefined): void {
    if (error) {
      this.logger.warn(`cannot export spans, dropping them: ${redactText(error.message)}`);
    } else this.logger.log('exporting spans works again');
  }
}

function configuredExporter(): SpanExporter | undefined {
  return isExportConfigured(process.env) ? new OTLPTraceExporter() : undefined;
}
