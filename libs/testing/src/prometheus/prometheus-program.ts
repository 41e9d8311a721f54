import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { cachedBinary, fetchDebianBinary } from '../debian/fetch-debian-binary.js';
import { findExecutable } from '../debian/find-executable.js';
import { cacheFolder } from '../process/repository.js';
import { PrometheusUnavailableError } from './prometheus-unavailable.error.js';

/** The programs of Debian's package; one download gets both. */
export type PrometheusProgram = 'prometheus' | 'promtool';

const PACKAGE = 'prometheus';

/** Whether {@link findProgram} will probably succeed. Downloads nothing. */
export function isProgramAvailable(name: PrometheusProgram): boolean {
  if (installed(name) !== undefined || cachedBinary(cacheFolder(PACKAGE), PACKAGE)) return true;
  return spawnSync('apt-get', ['download', '--print-uris', PACKAGE], { cwd: '/tmp' }).status === 0;
}

/**
 * Finds a program: the path in the variable of its upper-case name, or the one on PATH. Otherwise
 * fetches Debian's package.
 *
 * @throws {@link PrometheusUnavailableError}
 */
export async function findProgram(name: PrometheusProgram): Promise<string> {
  const known = installed(name);
  if (known !== undefined) return known;
  try {
    const wanted = { name: 'prometheus', others: ['promtool'], packages: [PACKAGE] };
    const { path } = await fetchDebianBinary(cacheFolder(PACKAGE), { ...wanted, libraries: false });
    return join(dirname(path), name);
  } catch (error) {
    throw new PrometheusUnavailableError(name, error);
  }
}

function installed(name: PrometheusProgram): string | undefined {
  return process.env[name.toUpperCase()] ?? findExecutable(name, process.env['PATH'] ?? '');
}
