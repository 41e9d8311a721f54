import { spansDropped, type SpansDropped } from './tracing.events.js';

/** Number of spans of this process so far, by what happened to them. */
export interface SpanCounts {
  readonly exported: number;
  /** Spans of traces that were not sampled, and that `keepErrors` and `slow` did not keep. */
  readonly unsampled: number;
  readonly dropped: Readonly<Record<SpansDropped['reason'], number>>;
}

/** Counts spans and publishes dropped ones. */
export class SpanTally implements SpanCounts {
  exported = 0;
  unsampled = 0;
  readonly dropped = { 'queue-full': 0, 'export-failed': 0, 'buffer-full': 0 };

  drop(reason: SpansDropped['reason'], count: number): void {
    if (count === 0) return;
    this.dropped[reason] += count;
    spansDropped.publish({ reason, count });
  }
}
