import { findProgram, isProgramAvailable } from './prometheus-program.js';

/** Whether {@link findPromtool} will find it, as far as that is known without fetching it. */
export function isPromtoolAvailable(): boolean {
  return isProgramAvailable('promtool');
}

/**
 * Prometheus' own checker: that of `PROMTOOL`, or on PATH; else the one of Debian's package, which is
 * fetched once and unpacked without root.
 *
 * @throws {@link PrometheusUnavailableError}
 */
export async function findPromtool(): Promise<string> {
  return findProgram('promtool');
}
