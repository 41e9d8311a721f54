/**
 * `closed`: calls pass and are counted. `open`: calls are rejected for a time. `half-open`: some
 * probes pass. The others are set by an operator and stay until they are released: `forced-open`
 * rejects all, `forced-closed` lets all pass and counts nothing, `metrics-only` lets all pass and
 * counts them.
 */
export type CircuitState =
  'closed' | 'open' | 'half-open' | 'forced-open' | 'forced-closed' | 'metrics-only';

/** States in which a breaker stays until it is released. */
export type ForcedState = 'forced-open' | 'forced-closed' | 'metrics-only';
