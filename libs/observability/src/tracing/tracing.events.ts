import { diagnostics } from '@loyalnest/core';

/** Spans that were to be sent and will not be. */
export interface SpansDropped {
  /**
   * `queue-full`: they come faster than they can be sent. `export-failed`: the collector did not take
   * them. `buffer-full`: too many traces wait for their end.
   */
  readonly reason: 'queue-full' | 'export-failed' | 'buffer-full';
  readonly count: number;
}

export const spansDropped = diagnostics<SpansDropped>('loyalnest:observability:spans-dropped');
