import { SentinelConnector, type Redis, type RedisOptions } from 'ioredis';
import type { Duplex } from 'node:stream';
import { mendConnection } from './mended-connection.js';

type OnError = (type: string, error: Error) => void;

/** Private members of the ioredis connector. */
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

/**
 * Finds the master through the Sentinels, again after each failover, and really stops on
 * `disconnect`.
 */
export class SteadySentinelConnector extends Base {
  private reason: string | undefined;

  /**
   * Ends the failover detector of the previous connection first. It could see the failover while
   * the next connection is being made, and end that one permanently.
   */
  override connect(onError: OnError): Promise<Duplex> {
    this.endDetector();
    return super.connect((type, error) => {
      // ioredis only reports that the connection was closed; add why.
      if (type === 'error' && this.reason) error.message += ` ${this.reason}`;
      onError(type, error);
    });
  }

  /** For a socket that is already closed, ioredis would start a timer and wait. */
  override disconnect(): void {
    this.endDetector();
    if (this.stream?.destroyed) this.connecting = false;
    else super.disconnect();
  }

  /**
   * Ends it only once: each further call would add a listener to closed sockets, on every retry.
   */
  private endDetector(): void {
    this.failoverDetector?.cleanup();
    this.failoverDetector = null;
  }

  /** A socket may still connect after `disconnect`; the detector would then run forever. */
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
