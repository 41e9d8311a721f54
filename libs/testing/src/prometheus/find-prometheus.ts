import { findProgram, isProgramAvailable } from './prometheus-program.js';

/** Whether {@link findPrometheus} will probably succeed. Downloads nothing. */
export function isPrometheusAvailable(): boolean {
  return isProgramAvailable('prometheus');
}

/**
 * Finds the Prometheus server: the path in the variable `PROMETHEUS`, or the one on PATH. Otherwise
 * fetches Debian's package once and unpacks it without root.
 *
 * @throws {@link PrometheusUnavailableError}
 */
export async function findPrometheus(): Promise<string> {
  return findProgram('prometheus');
}
