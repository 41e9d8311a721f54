import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { SpanTally } from '../span-counts.js';
import { LocalTrace } from './local-trace.js';

/** When an unsampled trace is kept, and how many are held. */
export interface TailSamplerOptions {
  readonly keepErrors: boolean;
  readonly slowMs: number;
  readonly maxTraces: number;
  readonly maxBufferedSpans: number;
}

interface SpanSink {
  add(span: ReadableSpan): void;
}

/**
 * Passes sampled spans on at once. Spans of unsampled traces wait until this process's part of the
 * trace ends, and are exported if it has an error or was slow. If too many wait, the oldest trace
 * is dropped.
 */
export class TailSampler implements SpanProcessor {
  /** Traces by the ids of their open spans. */
  private readonly byOpenSpan = new Map<string, LocalTrace>();
  /** Oldest first. */
  private readonly traces = new Set<LocalTrace>();
  private buffered = 0;

  constructor(
    private readonly options: TailSamplerOptions,
    private readonly sink: SpanSink,
    private readonly tally: SpanTally,
  ) {}

  onStart(span: Span): void {
    const { spanId, traceFlags } = span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) !== 0) return;
    const parent = span.parentSpanContext;
    const known = parent && !parent.isRemote ? this.byOpenSpan.get(parent.spanId) : undefined;
    const trace = known ?? this.begin(spanId);
    trace.open.add(spanId);
    this.byOpenSpan.set(spanId, trace);
  }

  onEnd(span: ReadableSpan): void {
    const { spanId, traceFlags } = span.spanContext();
    if ((traceFlags & TraceFlags.SAMPLED) !== 0) {
      this.sink.add(span);
      return;
    }
    const trace = this.byOpenSpan.get(spanId);
    if (trace === undefined) {
      this.judgeAlone(span);
      return;
    }
    this.byOpenSpan.delete(spanId);
    trace.open.delete(spanId);
    this.judge(span, trace);
    if (trace.open.size === 0 && trace.kept !== undefined) this.traces.delete(trace);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  private begin(rootId: string): LocalTrace {
    if (this.traces.size >= this.options.maxTraces) this.giveUpOldest();
    const trace = new LocalTrace(rootId);
    this.traces.add(trace);
    return trace;
  }

  private judge(span: ReadableSpan, trace: LocalTrace): void {
    if (this.isFailure(span)) trace.failed = true;
    if (trace.kept !== undefined) {
      if (trace.kept) this.sink.add(span);
      else this.judgeAlone(span);
      return;
    }
    trace.spans.push(span);
    this.buffered++;
    if (span.spanContext().spanId === trace.rootId) {
      this.decide(trace, trace.failed || this.isSlow(span));
      return;
    }
    if (this.buffered > this.options.maxBufferedSpans) this.giveUpOldest();
  }

  private decide(trace: LocalTrace, kept: boolean): void {
    trace.kept = kept;
    if (kept) for (const span of trace.spans) this.sink.add(span);
    else this.tally.unsampled += trace.spans.length;
    this.buffered -= trace.spans.length;
    trace.spans = [];
  }

  /** Decides on a span whose trace is no longer known, or was not kept. */
  private judgeAlone(span: ReadableSpan): void {
    if (this.isFailure(span)) this.sink.add(span);
    else this.tally.unsampled++;
  }

  private giveUpOldest(): void {
    const [oldest] = this.traces;
    if (oldest === undefined) return;
    this.traces.delete(oldest);
    for (const id of oldest.open) this.byOpenSpan.delete(id);
    this.buffered -= oldest.spans.length;
    this.tally.drop('buffer-full', oldest.spans.length);
    oldest.spans = [];
  }

  private isFailure({ status }: ReadableSpan): boolean {
    return this.options.keepErrors && status.code === SpanStatusCode.ERROR;
  }

  private isSlow({ duration: [seconds, nanos] }: ReadableSpan): boolean {
    return seconds * 1_000 + nanos / 1e6 >= this.options.slowMs;
  }
}
