/**
 * `closed`: calls pass and are counted. `open`: calls are rejected for a time. `half-open`: a few
 * probes pass. An operator sets the other states, which hold until they are released: `forced-open`
 * rejects all calls, `forced-closed` lets all calls pass and counts nothing, `metrics-only` lets
 * all calls pass and counts them.
 */
export type CircuitState =
  'closed' | 'open' | 'half-open' | 'forced-open' | 'forced-closed' | 'metrics-only';

/** States that hold until the breaker is released. */
export type ForcedState = 'forced-open' | 'forced-closed' | 'metrics-only';
