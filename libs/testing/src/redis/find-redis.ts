import {
  cachedBinary,
  fetchDebianBinary,
  type FoundBinary,
} from '../debian/fetch-debian-binary.js';
import { findExecutable } from '../debian/find-executable.js';
import { cacheFolder } from '../process/repository.js';
import { RedisUnavailableError } from './redis-unavailable.error.js';

export interface FindRedisOptions {
  /** Folders to search, in the format of `PATH`. @defaultValue `PATH` of this process */
  readonly path?: string;
  /** Folder for a fetched package. @defaultValue `.cache/redis` of the repository */
  readonly cache?: string;
}

const NAMES = ['redis-server', 'valkey-server'] as const;

/**
 * Finds `redis-server` or `valkey-server` on PATH. Otherwise fetches the distribution's package with
 * `apt-get` and unpacks it without root.
 *
 * @throws {@link RedisUnavailableError}
 */
export async function findRedis(options: FindRedisOptions = {}): Promise<FoundBinary> {
  const path = options.path ?? process.env['PATH'] ?? '';
  for (const name of NAMES) {
    const found = findExecutable(name, path);
    if (found !== undefined) return { path: found, env: {} };
  }
  const aptGet = findExecutable('apt-get', path);
  if (aptGet === undefined) throw new RedisUnavailableError('there is no apt-get to fetch one');
  try {
    return await fetchDebianRedis(options.cache ?? cacheFolder('redis'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RedisUnavailableError(`apt-get could not fetch it (${reason})`, error);
  }
}

async function fetchDebianRedis(cache: string): Promise<FoundBinary> {
  for (const name of NAMES) {
    const cached = cachedBinary(cache, name);
    if (cached) return cached;
  }
  const failures: unknown[] = [];
  for (const name of NAMES) {
    const packages = [name, name.replace('-server', '-tools')];
    try {
      return await fetchDebianBinary(cache, { name, packages, libraries: true });
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}
