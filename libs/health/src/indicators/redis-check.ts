import { CHECK_HEALTH, type HealthContributor, type HealthObservation } from '@loyalnest/core';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';

/** The part of a client that the check uses. ioredis has `status`, node-redis has `isReady`. */
export interface RedisClient {
  readonly status?: string;
  readonly isReady?: boolean;
  ping(): Promise<unknown>;
}

const REPLIES: Readonly<Record<string, string>> = {
  LOADING: 'loading',
  MASTERDOWN: 'replication-broken',
  NOAUTH: 'unauthorized',
  WRONGPASS: 'unauthorized',
  NOPERM: 'unauthorized',
};

/**
 * Checks that Redis answers on the application's own connection. A disconnected client gets no
 * command, because it would queue it for later.
 *
 * @example
 * { provide: RedisCheck, inject: [Redis], useFactory: (client: Redis) => new RedisCheck(client) }
 */
export class RedisCheck implements HealthContributor {
  readonly healthCheck;

  /** @param options `name` is `redis` by default; soft unless `critical` */
  constructor(
    private readonly client: RedisClient,
    options: IndicatorOptions = {},
  ) {
    this.healthCheck = declarationOf('redis', options);
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    const { status, isReady = status === undefined || status === 'ready' } = this.client;
    if (!isReady) return { status: 'down', code: 'not-connected' };
    try {
      await this.client.ping();
      return { status: 'up' };
    } catch (error) {
      // The first word of an error that Redis replied.
      const code = REPLIES[/^[A-Z]+/.exec((error as Error).message)?.[0] ?? ''];
      if (code === undefined) throw error;
      return { status: 'down', code };
    }
  }
}
