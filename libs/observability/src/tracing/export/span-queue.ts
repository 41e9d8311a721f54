import { context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { AsyncResource } from 'node:async_hooks';
import type { SpanTally } from '../span-counts.js';

const BATCH = 512;

/** The key by which OpenTelemetry's own instrumentations are told to make no spans. */
const SUPPRESSED = ROOT_CONTEXT.setValue(
  createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'),
  true,
);

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

export interface SpanQueueOptions {
  readonly exporter: SpanExporter;
  readonly maxQueuedSpans: number;
  readonly exportEveryMs: number;
  /** Hears once when spans cannot be sent, and once, without an error, when they can again. */
  readonly onChange: (error: Error | undefined) => void;
}

/**
 * Sends spans in batches, one batch at a time, outside of the request that made them. Nothing that
 * goes wrong here reaches the caller of `add`; what does not fit is counted and dropped.
 */
export class SpanQueue {
  private readonly waiting: ReadableSpan[] = [];
  private readonly timer: NodeJS.Timeout;
  private readonly sendSoon: () => void;
  private sending: Promise<void> | undefined;
  private failing = false;

  constructor(
    private readonly options: SpanQueueOptions,
    private readonly tally: SpanTally,
  ) {
    // Bound to where the queue was made: a batch must not hold on to the request that filled it.
    this.sendSoon = AsyncResource.bind(() => void setImmediate(() => void this.flush()));
    this.timer = setInterval(() => void this.flush(), options.exportEveryMs).unref();
  }

  add(span: ReadableSpan): void {
    if (this.waiting.length >= this.options.maxQueuedSpans) {
      this.tally.drop('queue-full', 1);
      return;
    }
    this.waiting.push(span);
    if (this.waiting.length === BATCH && this.sending === undefined) this.sendSoon();
  }

  /** Resolves when all spans that were added have been sent or dropped. Never rejects. */
  flush(): Promise<void> {
    return (this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    }));
  }

  /** Sends what waits and ends the exporter, at the latest when `signal` aborts. */
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
    this.options.onChange(failed ? (error ?? new Error('the collector refused them')) : undefined);
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
