import { findProgram, isProgramAvailable } from './prometheus-program.js';

/** Whether {@link findPromtool} will probably succeed. Downloads nothing. */
export function isPromtoolAvailable(): boolean {
  return isProgramAvailable('promtool');
}

/**
 * Finds promtool, Prometheus' checker: the path in the variable `PROMTOOL`, or the one on PATH.
 * Otherwise fetches Debian's package once and unpacks it without root.
 *
 * @throws {@link PrometheusUnavailableError}
 */
export async function findPromtool(): Promise<string> {
  return findProgram('promtool');
}
