import { Redis, type RedisOptions } from 'ioredis';
import { mendConnection } from './mended-connection.js';
import { SteadySentinelConnector } from './sentinel-connector.js';

type Sent = Parameters<Redis['sendCommand']>;

/**
 * A Redis connection that really ends on `disconnect`, leaves no timer behind, and never uses
 * another database than the configured one.
 */
export class ClosableRedis extends Redis {
  constructor(options: RedisOptions) {
    super({
      ...options,
      ...(options.sentinels && { Connector: SteadySentinelConnector as never }),
    });
    mendConnection(this);
  }

  /** ioredis would continue with database 0 if Redis refuses the configured one. */
  override sendCommand(command: Sent[0], stream?: Sent[1]): unknown {
    if (command.name === 'select') command.promise.catch(() => this.startOver());
    return super.sendCommand(command, stream);
  }

  /** Between two connection attempts, ioredis would never settle its pending commands. */
  override disconnect(reconnect = false): void {
    if (!reconnect && this.status === 'reconnecting') {
      this.status = 'wait';
      const { connector } = this as unknown as { readonly connector: unknown };
      if (connector instanceof SteadySentinelConnector) connector.disconnect();
    }
    super.disconnect(reconnect);
  }

  private startOver(): void {
    // A new epoch makes ioredis ignore the pending ready check of this connection.
    (this as unknown as { connectionEpoch: number }).connectionEpoch++;
    this.disconnect(true);
  }
}
