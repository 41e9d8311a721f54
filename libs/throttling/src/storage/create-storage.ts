import { OptionError } from '@loyalnest/core';
import { resolveTimeout } from './timeout.js';
import { MemoryThrottlingStorage } from './memory-throttling-storage.js';
import type { RedisStorageOptions } from './redis-storage.options.js';
import { RedisThrottlingStorage } from './redis-throttling-storage.js';
import type { ThrottlingStorage } from './throttling-storage.js';

/**
 * Creates a storage in Redis if there is a `url` or a `connection`, and otherwise in memory. Use it with
 * `ThrottlerModule` of `@nestjs/throttler`; `ThrottlingModule` creates its own.
 *
 * @throws OptionError
 */
export async function createThrottlingStorage(
  options: RedisStorageOptions,
): Promise<ThrottlingStorage> {
  const { url, connection, prefix, timeout, ...memory } = options;
  if (url !== undefined && connection !== undefined) {
    throw new OptionError('throttling.connection', '(set)', 'remove it, or remove url');
  }
  if (url === undefined && connection === undefined) return new MemoryThrottlingStorage(memory);
  const settings = { ...memory, prefix, timeoutMs: resolveTimeout(timeout) };
  if (connection !== undefined) {
    return new RedisThrottlingStorage({ ...settings, connect: () => connection, isOwn: false });
  }
  // Imported only here, so that applications with limits in memory need not install ioredis.
  const { connectTo } = await import('./own-connection.js');
  return new RedisThrottlingStorage({ ...settings, connect: () => connectTo(url!), isOwn: true });
}
