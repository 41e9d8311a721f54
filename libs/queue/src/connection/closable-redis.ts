import { Redis, type RedisOptions } from 'ioredis';
import { mendConnection } from './mended-connection.js';
import { SteadySentinelConnector } from './sentinel-connector.js';

type Sent = Parameters<Redis['sendCommand']>;

/**
 * A connection that ends when it is told to, leaves no timer, and never works on another database
 * than the one it was told.
 */
export class ClosableRedis extends Redis {
  constructor(options: RedisOptions) {
    super({
      ...options,
      ...(options.sentinels && { Connector: SteadySentinelConnector as never }),
    });
    mendConnection(this);
  }

  /** ioredis would go on with database 0 if Redis refuses the one of the options. */
  override sendCommand(command: Sent[0], stream?: Sent[1]): unknown {
    if (command.name === 'select') command.promise.catch(() => this.startOver());
    return super.sendCommand(command, stream);
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

  private startOver(): void {
    // By it the answer of this connection's ready check, which is still to come, does not count.
    (this as unknown as { connectionEpoch: number }).connectionEpoch++;
    this.disconnect(true);
  }
}
