import { findProgram, isProgramAvailable } from './prometheus-program.js';

/** Whether {@link findPrometheus} will find it, as far as that is known without fetching it. */
export function isPrometheusAvailable(): boolean {
  return isProgramAvailable('prometheus');
}

/**
 * The server: that of `PROMETHEUS`, or on PATH; else the one of Debian's package, which is fetched
 * once and unpacked without root.
 *
 * @throws {@link PrometheusUnavailableError}
 */
export async function findPrometheus(): Promise<string> {
  return findProgram('prometheus');
}
