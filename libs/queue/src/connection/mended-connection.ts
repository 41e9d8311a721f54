import type { Redis, RedisOptions } from 'ioredis';
import type { Duplex } from 'node:stream';

/**
 * Keeps what a connection of ioredis leaves behind from ending this process, or from keeping it.
 *
 * @param onCopyError hears why a copy of it fails, which ioredis tells nobody
 */
export function mendConnection(redis: Redis, onCopyError?: (error: Error) => void): void {
  forgetSilence(redis);
  hearAllErrors(redis);
  const { duplicate } = redis;
  // A cluster asks for its slots over a copy.
  redis.duplicate = (own?: Partial<RedisOptions>) => {
    const copy = duplicate.call(redis, own);
    mendConnection(copy);
    if (onCopyError) copy.on('error', onCopyError);
    return copy;
  };
}

/**
 * Stops the timer of `socketTimeout` with its socket. ioredis lets it run: it would cut the next
 * socket, or keep a process that has closed everything.
 */
function forgetSilence(redis: Redis): void {
  const timed = redis as unknown as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
  redis.on('close', () => {
    clearTimeout(timed.socketTimeoutTimer);
    timed.socketTimeoutTimer = undefined;
  });
}

/**
 * ioredis listens to the first error of a socket. TLS may tell of a second one, as when a server that
 * is not trusted hears of it: nobody would listen, and the process would end.
 */
function hearAllErrors(redis: Redis): void {
  let stream: Duplex | undefined = redis.stream;
  Object.defineProperty(redis, 'stream', {
    get: () => stream,
    set: (next: Duplex | undefined) => {
      next?.on('error', () => undefined);
      stream = next;
    },
  });
}
