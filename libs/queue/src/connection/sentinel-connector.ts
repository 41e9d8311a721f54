import { SentinelConnector, type Redis, type RedisOptions } from 'ioredis';
import type { Duplex } from 'node:stream';
import { mendConnection } from './mended-connection.js';

/** What ioredis keeps to itself. */
interface Connector {
  connecting: boolean;
  readonly stream?: Duplex;
  readonly failoverDetector: { cleanup(): void } | null;
  connect(onError: (type: string, error: Error) => void): Promise<Duplex>;
  disconnect(): void;
  initFailoverDetector(): Promise<void>;
  connectToSentinel(...args: unknown[]): Redis;
}

const Base = SentinelConnector as unknown as new (options: RedisOptions) => Connector;

/** Finds the master through the Sentinels, in each failover again, until it is told to stop. */
export class SteadySentinelConnector extends Base {
  /**
   * The detector of the last connection would hear of the failover while the next one is being made,
   * and end that for good.
   */
  override connect(...args: Parameters<Connector['connect']>): Promise<Duplex> {
    this.failoverDetector?.cleanup();
    return super.connect(...args);
  }

  /** A socket that is closed already is waited for by a timer. */
  override disconnect(): void {
    this.failoverDetector?.cleanup();
    if (this.stream?.destroyed) this.connecting = false;
    else super.disconnect();
  }

  /** A socket may still connect after `disconnect`; the Sentinels would be listened to for ever. */
  override async initFailoverDetector(): Promise<void> {
    if (this.connecting) await super.initFailoverDetector();
  }

  override connectToSentinel(...args: unknown[]): Redis {
    const sentinel = super.connectToSentinel(...args);
    mendConnection(sentinel);
    return sentinel;
  }
}
