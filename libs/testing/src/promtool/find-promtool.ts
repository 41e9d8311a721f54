import { spawnSync } from 'node:child_process';
import { fetchDebianBinary } from '../debian/fetch-debian-binary.js';
import { findExecutable } from '../debian/find-executable.js';
import { cacheFolder } from '../process/repository.js';

const PACKAGE = 'prometheus';

/** Whether {@link findPromtool} will find it, as far as that is known without fetching it. */
export function isPromtoolAvailable(): boolean {
  if (installed() !== undefined) return true;
  return spawnSync('apt-get', ['download', '--print-uris', PACKAGE], { cwd: '/tmp' }).status === 0;
}

/**
 * Prometheus' own checker: that of `PROMTOOL`, or on PATH; else the one of Debian's package, which is
 * fetched once and unpacked without root.
 */
export async function findPromtool(): Promise<string> {
  const known = installed();
  if (known !== undefined) return known;
  const wanted = { name: 'promtool', packages: [PACKAGE], libraries: false };
  const { path } = await fetchDebianBinary(cacheFolder('promtool'), wanted);
  return path;
}

function installed(): string | undefined {
  return process.env['PROMTOOL'] ?? findExecutable('promtool', process.env['PATH'] ?? '');
}
