import { Redis, type RedisOptions } from 'ioredis';

/** A connection that ends when it is told to, and leaves no timer. */
export class ClosableRedis extends Redis {
  constructor(options: RedisOptions) {
    super(options);
    forgetSilence(this);
  }

  /** ioredis leaves its commands without an answer if it is between two tries to connect. */
  override disconnect(reconnect = false): void {
    if (!reconnect && this.status === 'reconnecting') this.status = 'wait';
    super.disconnect(reconnect);
  }
}

/**
 * Stops the timer of `socketTimeout` with its socket. ioredis lets it run: it would cut the next
 * socket, or keep a process that has closed everything.
 */
export function forgetSilence(redis: Redis): void {
  const timed = redis as unknown as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
  redis.on('close', () => {
    clearTimeout(timed.socketTimeoutTimer);
    timed.socketTimeoutTimer = undefined;
  });
}
