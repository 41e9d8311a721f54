import { SentinelConnector, type Redis, type RedisOptions } from 'ioredis';
import type { Duplex } from 'node:stream';
import { mendConnection } from './mended-connection.js';

type OnError = (type: string, error: Error) => void;

/** What ioredis keeps to itself. */
interface Connector {
  connecting: boolean;
  readonly stream?: Duplex;
  failoverDetector: { cleanup(): void } | null;
  connect(onError: OnError): Promise<Duplex>;
  disconnect(): void;
  initFailoverDetector(): Promise<void>;
  connectToSentinel(at: unknown, options?: RedisOptions): Redis;
  readonly options: RedisOptions;
}

const Base = SentinelConnector as unknown as new (options: RedisOptions) => Connector;

/** Finds the master through the Sentinels, in each failover again, until it is told to stop. */
export class SteadySentinelConnector extends Base {
  private reason: string | undefined;

  /**
   * The detector of the last connection would hear of the failover while the next one is being made,
   * and end that for good.
   */
  override connect(onError: OnError): Promise<Duplex> {
    this.endDetector();
    return super.connect((type, error) => {
      // ioredis says only that the connection was closed.
      if (type === 'error' && this.reason) error.message += ` ${this.reason}`;
      onError(type, error);
    });
  }

  /** A socket that is closed already is waited for by a timer. */
  override disconnect(): void {
    this.endDetector();
    if (this.stream?.destroyed) this.connecting = false;
    else super.disconnect();
  }

  /** Once: each further end would leave a listener on sockets that are closed, in each retry. */
  private endDetector(): void {
    this.failoverDetector?.cleanup();
    this.failoverDetector = null;
  }

  /** A socket may still connect after `disconnect`; the Sentinels would be listened to for ever. */
  override async initFailoverDetector(): Promise<void> {
    if (this.connecting) await super.initFailoverDetector();
  }

  override connectToSentinel(at: unknown, options?: RedisOptions): Redis {
    const { disconnectTimeout } = this.options;
    const sentinel = super.connectToSentinel(at, {
      ...options,
      ...(disconnectTimeout !== undefined && { disconnectTimeout }),
    });
    mendConnection(sentinel);
    sentinel.on('error', ({ message }) => (this.reason = message));
    return sentinel;
  }
}
