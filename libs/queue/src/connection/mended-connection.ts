import { connectOutsideContext } from '@loyalnest/core/toolkit';
import type { Redis, RedisOptions } from 'ioredis';
import type { Duplex } from 'node:stream';

/**
 * Swallows late errors of an ioredis connection, which would crash the process, and clears its
 * timer, which would keep the process alive. Lets it connect in no request's context: a node of a
 * cluster connects on its first command.
 *
 * @param onCopyError receives the errors of its duplicates, which ioredis reports to nobody
 */
export function mendConnection(redis: Redis, onCopyError?: (error: Error) => void): void {
  connectOutsideContext(redis);
  clearSocketTimer(redis);
  swallowLateErrors(redis);
  const { duplicate } = redis;
  // A cluster client fetches its slots over a duplicate.
  redis.duplicate = (own?: Partial<RedisOptions>) => {
    const copy = duplicate.call(redis, own);
    mendConnection(copy);
    if (onCopyError) copy.on('error', onCopyError);
    return copy;
  };
}

/**
 * Clears the `socketTimeout` timer when its socket closes. ioredis lets it run: it would close the
 * next socket, or keep a process alive that has closed everything.
 */
function clearSocketTimer(redis: Redis): void {
  const timed = redis as unknown as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
  redis.on('close', () => {
    clearTimeout(timed.socketTimeoutTimer);
    timed.socketTimeoutTimer = undefined;
  });
}

/**
 * ioredis listens only for the first error of a socket. TLS may emit a second one, for example when
 * the client rejects an untrusted server. Without a listener that error would crash the process.
 */
function swallowLateErrors(redis: Redis): void {
  let stream: Duplex | undefined = redis.stream;
  Object.defineProperty(redis, 'stream', {
    get: () => stream,
    set: (next: Duplex | undefined) => {
      next?.on('error', () => undefined);
      stream = next;
    },
  });
}
