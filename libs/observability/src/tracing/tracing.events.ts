import { diagnostics } from '@loyalnest/core';

/** Spans that should have been exported but were dropped. */
export interface SpansDropped {
  /**
   * `queue-full`: spans end faster than they can be exported. `export-failed`: the collector did
   * not accept them. `buffer-full`: too many unsampled traces are held.
   */
  readonly reason: 'queue-full' | 'export-failed' | 'buffer-full';
  readonly count: number;
}

/** Published each time spans are dropped. */
export const spansDropped = diagnostics<SpansDropped>('loyalnest:observability:spans-dropped');
