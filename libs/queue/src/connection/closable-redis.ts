import { Redis, type RedisOptions } from 'ioredis';
import { mendConnection } from './mended-connection.js';
import { SteadySentinelConnector } from './sentinel-connector.js';

/** A connection that ends when it is told to, and leaves no timer. */
export class ClosableRedis extends Redis {
  constructor(options: RedisOptions) {
    super({
      ...options,
      ...(options.sentinels && { Connector: SteadySentinelConnector as never }),
    });
    mendConnection(this);
  }

  /** ioredis leaves its commands without an answer if it is between two tries to connect. */
  override disconnect(reconnect = false): void {
    if (!reconnect && this.status === 'reconnecting') {
      this.status = 'wait';
      const { connector } = this as unknown as { readonly connector: unknown };
      if (connector instanceof SteadySentinelConnector) connector.disconnect();
    }
    super.disconnect(reconnect);
  }
}
