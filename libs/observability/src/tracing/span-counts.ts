import { spansDropped, type SpansDropped } from './tracing.events.js';

/** What became of the spans of this process so far. */
export interface SpanCounts {
  readonly exported: number;
  /** Not wanted: of traces that were not sampled and had neither errors nor slowness. */
  readonly unsampled: number;
  readonly dropped: Readonly<Record<SpansDropped['reason'], number>>;
}

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
