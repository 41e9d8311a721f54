import { OptionError } from '@loyalnest/core';
import { Redis } from 'ioredis';

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * A connection that takes no command while Redis is away, and goes on trying to connect.
 *
 * @throws OptionError that does not show the password
 */
export function connectTo(url: string): Redis {
  if (typeof url !== 'string' || !/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    const shown = typeof url === 'string' ? url.replace(/\/\/.*@/, '//***@') : url;
    throw new OptionError('throttling.url', shown, 'use an address such as redis://localhost:6379');
  }
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: 500,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    reconnectOnError: ({ message }) => message.includes('READONLY'),
    connectionName: 'throttling',
  });
  return redis;
}
