import { OptionError } from '@loyalnest/core';
import { resolveTimeout } from './timeout.js';
import { MemoryThrottlingStorage } from './memory-throttling-storage.js';
import type { RedisStorageOptions } from './redis-storage.options.js';
import { RedisThrottlingStorage } from './redis-throttling-storage.js';
import type { ThrottlingStorage } from './throttling-storage.js';

/**
 * A storage in Redis if there is a `url` or a `connection`, and otherwise in memory. For
 * `ThrottlerModule` of `@nestjs/throttler`; `ThrottlingModule` makes its own.
 *
 * @throws OptionError
 */
export async function createThrottlingStorage(
  options: RedisStorageOptions,
): Promise<ThrottlingStorage> {
  const { url, connection, prefix, timeout, ...memory } = options;
  if (url !== undefined && connection !== undefined) {
    throw new OptionError('throttling.connection', '(set)', 'leave it out, or leave out url');
  }
  if (url === undefined && connection === undefined) return new MemoryThrottlingStorage(memory);
  const settings = { ...memory, prefix, timeoutMs: resolveTimeout(timeout) };
  if (connection !== undefined) {
    return new RedisThrottlingStorage({ ...settings, connect: () => connection, isOwn: false });
  }
  // Loaded where it is used only: whoever keeps limits in memory need not install ioredis.
  const { connectTo } = await import('./own-connection.js');
  return new RedisThrottlingStorage({ ...settings, connect: () => connectTo(url!), isOwn: true });
}
