import { readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { PostgresUnavailableError } from './postgres-unavailable.error.js';

/** The user that runs Postgres when we are root, because Postgres refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Undefined unless we are root. Otherwise the existing user `postgres`, or else `nobody`. Creates no
 * user.
 *
 * @throws {@link PostgresUnavailableError}
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = new Map(
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  const user = users.get('postgres') ?? users.get('nobody');
  if (!user) {
    throw new PostgresUnavailableError(
      'Postgres refuses to run as root, and the system has no user postgres or nobody',
    );
  }
  return user;
}

/** A folder for temporary data that `user` can reach. */
export function reachableTemporaryParent(user: ServerUser | undefined): string {
  return user === undefined || isReachable(tmpdir()) ? tmpdir() : '/tmp';
}

/** Whether other users may enter every folder on the way to `path`. */
export function isReachable(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
