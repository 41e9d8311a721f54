import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../process/repository.js';
import { run } from '../process/run.js';
import { withTemporaryFolder } from '../process/temporary-folder.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { reachableTemporaryParent, type ServerUser } from './server-user.js';

export const SUPERUSER = 'postgres';

const PASSWORD_FILE = 'superuser.password';

const INITDB_ARGS = [
  `--username=${SUPERUSER}`,
  '--no-locale',
  '--encoding=UTF8',
  '--auth=scram-sha-256',
  // Small segments halve the size of a fresh data folder, which makes a copy faster.
  '--wal-segsize=1',
  '--no-sync',
];

/**
 * Fills `dataDir` with a fresh cluster that belongs to the server's user. `initdb` (half a second)
 * runs once per machine and version; every later call copies its result in 50 ms.
 */
export async function createCluster(
  dataDir: string,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
  cache: string = cacheFolder('postgres'),
): Promise<void> {
  const template = join(cache, `${binaries.version}-${process.platform}-${process.arch}`);
  if (!existsSync(template)) await createTemplate(template, binaries, user);
  copyCluster(template, dataDir);
  if (!user) return;
  for (const entry of ['.', ...(readdirSync(dataDir, { recursive: true }) as string[])]) {
    chownSync(join(dataDir, entry), user.uid, user.gid);
  }
}

/** The superuser's password. It is random per machine, to keep other users of the machine out. */
export function superuserPassword(dataDir: string): string {
  return readFileSync(join(dataDir, PASSWORD_FILE), 'utf8');
}

function createTemplate(
  template: string,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
): Promise<void> {
  const initialise = async (work: string): Promise<void> => {
    const password = join(work, PASSWORD_FILE);
    writeFileSync(password, randomBytes(18).toString('base64url'), { mode: 0o600 });
    if (user) for (const path of [work, password]) chownSync(path, user.uid, user.gid);
    const data = join(work, 'data');
    await run(binaries.initdb, [...INITDB_ARGS, `--pgdata=${data}`, `--pwfile=${password}`], {
      cwd: work,
      ...user,
    });
    cpSync(password, join(data, PASSWORD_FILE));
    await publish(data, template);
  };
  return withTemporaryFolder('initdb', initialise, reachableTemporaryParent(user));
}

/** Ends with a rename, so the template is complete or missing, even if two processes create it. */
async function publish(data: string, template: string): Promise<void> {
  const copy = `${template}.${process.pid}`;
  copyCluster(data, copy);
  try {
    await rename(copy, template);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
}

function copyCluster(from: string, to: string): void {
  // The synchronous copy is one native call: 40 ms instead of 450 ms for a thousand small files.
  cpSync(from, to, { recursive: true });
  // Postgres refuses a data folder that others can read.
  chmodSync(to, 0o700);
}
