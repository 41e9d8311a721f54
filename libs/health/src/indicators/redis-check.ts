import { CHECK_HEALTH, type HealthContributor, type HealthObservation } from '@loyalnest/core';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';

/** What is used of a client: `status` is that of ioredis, `isReady` that of node-redis. */
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
 * Whether Redis answers on a connection that the application has. A client that is not connected is
 * not asked: it would keep the command for later.
 *
 * @example
 * { provide: RedisCheck, inject: [Redis], useFactory: (client: Redis) => new RedisCheck(client) }
 */
export class RedisCheck implements HealthContributor {
  readonly healthCheck;

  /** @param options named `redis` unless told otherwise; soft unless `critical` */
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
      // The first word of an error that Redis itself replied with.
      const code = REPLIES[/^[A-Z]+/.exec((error as Error).message)?.[0] ?? ''];
      if (code === undefined) throw error;
      return { status: 'down', code };
    }
  }
}
