import { OptionError } from '@loyalnest/core';
import { Redis } from 'ioredis';

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Creates a connection that rejects commands while Redis is unavailable, and keeps trying to connect.
 *
 * @throws OptionError
 */
export function connectTo(url: string): Redis {
  if (typeof url !== 'string' || !/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new OptionError('throttling.url', url, 'use an address such as redis://localhost:6379');
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
