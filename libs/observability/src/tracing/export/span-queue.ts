import { runOutsideContext } from '@loyalnest/core/toolkit';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { SpanTally } from '../span-counts.js';

/** Spans in one export: the default of OpenTelemetry's specification. */
const BATCH = 512;

/** Tells OpenTelemetry's instrumentations to create no spans for the export itself. */
const SUPPRESSED = suppressTracing(ROOT_CONTEXT);

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Where and how often a {@link SpanQueue} sends spans. */
export interface SpanQueueOptions {
  readonly exporter: SpanExporter;
  /** Further spans are dropped and counted. */
  readonly maxQueuedSpans: number;
  readonly exportEveryMs: number;
  /** Called once when exports start to fail, and once without an error when they succeed again. */
  readonly onChange: (error: Error | undefined) => void;
}

/**
 * Exports spans in batches, one batch at a time, outside of the request that created them. `add`
 * never throws and never waits. Spans that do not fit are dropped and counted.
 *
 * ADR 7 says why this is not OpenTelemetry's `BatchSpanProcessor`.
 */
export class SpanQueue {
  private readonly waiting: ReadableSpan[] = [];
  private readonly timer: NodeJS.Timeout;
  private sending: Promise<void> | undefined;
  private failing = false;

  constructor(
    private readonly options: SpanQueueOptions,
    private readonly tally: SpanTally,
  ) {
    const { exportEveryMs } = options;
    this.timer = runOutsideContext(() => setInterval(() => void this.flush(), exportEveryMs));
    this.timer.unref();
  }

  /** Queues `span`, or drops it if the queue is full. */
  add(span: ReadableSpan): void {
    if (this.waiting.length >= this.options.maxQueuedSpans) {
      this.tally.drop('queue-full', 1);
      return;
    }
    this.waiting.push(span);
    if (this.waiting.length === BATCH && this.sending === undefined) this.sendSoon();
  }

  /** Sends outside of the request, whose context an export would keep alive. */
  private sendSoon(): void {
    runOutsideContext(() => void setImmediate(() => void this.flush()));
  }

  /** Resolves when all spans in the queue have been exported or dropped. Never rejects. */
  flush(): Promise<void> {
    return (this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    }));
  }

  /**
   * Exports what is queued, then shuts the exporter down. Resolves no later than when `signal`
   * aborts, even if the exporter hangs. Never rejects.
   */
  async close(signal: AbortSignal): Promise<void> {
    clearInterval(this.timer);
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.flush(), aborted]);
    this.tally.drop('queue-full', this.waiting.splice(0).length);
    const ended = this.options.exporter.shutdown().catch(() => undefined);
    await Promise.race([ended, aborted]);
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) await this.send(this.waiting.splice(0, BATCH));
  }

  private async send(batch: ReadableSpan[]): Promise<void> {
    const { code, error } = await this.export(batch);
    const failed = code !== 0;
    if (failed) this.tally.drop('export-failed', batch.length);
    else this.tally.exported += batch.length;
    if (failed === this.failing) return;
    this.failing = failed;
    this.options.onChange(failed ? (error ?? new Error('the collector rejected them')) : undefined);
  }

  private export(batch: ReadableSpan[]): Promise<ExportResult> {
    return new Promise((resolve) => {
      try {
        context.with(SUPPRESSED, () => this.options.exporter.export(batch, resolve));
      } catch (error) {
        resolve({ code: 1, error: error as Error });
      }
    });
  }
}
