import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../process/repository.js';
import { fetchDebianRedis } from './debian-package.js';
import type { RedisBinary } from './redis-binary.js';
import { RedisUnavailableError } from './redis-unavailable.error.js';

export interface FindRedisOptions {
  /** Folders to look in. @defaultValue `PATH` of this process */
  readonly path?: string;
  /** Where a fetched package is unpacked. @defaultValue `.cache/redis` of the repository */
  readonly cache?: string;
}

const NAMES = ['redis-server', 'valkey-server'] as const;

/**
 * Finds `redis-server` or `valkey-server` on PATH; else, where `apt-get` exists, fetches the
 * distribution's package and unpacks it without root.
 *
 * @throws {@link RedisUnavailableError}
 */
export async function findRedis(options: FindRedisOptions = {}): Promise<RedisBinary> {
  const path = options.path ?? process.env['PATH'] ?? '';
  for (const name of NAMES) {
    const found = findExecutable(name, path);
    if (found !== undefined) return { path: found, env: {} };
  }
  const aptGet = findExecutable('apt-get', path);
  if (aptGet === undefined) throw new RedisUnavailableError('there is no apt-get to fetch it with');
  try {
    return await fetchDebianRedis(options.cache ?? cacheFolder('redis'), NAMES);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RedisUnavailableError(`apt-get could not fetch it (${reason})`, error);
  }
}

function findExecutable(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
