import { Cluster, type Command } from 'ioredis';
import { mendConnection } from './mended-connection.js';
import { NotConnectedError } from './not-connected.error.js';

const REFRESH_EVERY_MS = 10_000;

/** A cluster that notices a node which hangs, says why it is away, and ends when it is told to. */
export class WaitingCluster extends Cluster {
  protected reason = 'it has not answered yet';
  private ended = false;

  constructor(...options: ConstructorParameters<typeof Cluster>) {
    super(...options);
    this.on('+node', (node) => mendConnection(node, ({ message }) => (this.reason = message)));
    let timer: NodeJS.Timeout | undefined;
    // A node that hangs sends nobody to its successor. The timer of ioredis survives its end.
    this.on('ready', () => {
      timer ??= setInterval(() => this.refreshSlotsCache(), REFRESH_EVERY_MS).unref();
    });
    this.on('end', () => {
      clearInterval(timer);
      timer = undefined;
      this.ended = true;
    });
    this.on('connecting', () => (this.ended = false));
    this.on('close', () => {
      if (this.ended && this.status === 'close') this.endNow();
    });
  }

  /** ioredis says that no node told of its slots, but not what came in between. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const [error] = values;
    if (event === 'error' && error instanceof Error) error.message += ` ${this.reason}`;
    return super.emit(event, ...values);
  }

  /**
   * ioredis waits for the end of its nodes. Where it has none, as between two tries to connect, it
   * would neither end nor answer its commands.
   */
  override disconnect(reconnect = false): void {
    if (!reconnect && this.status !== 'end' && this.nodes().length === 0) this.endNow();
    else super.disconnect(reconnect);
  }

  /**
   * Each node that goes tells of the cluster's end. After the first it has ended; by the next it would
   * be closed, and keep the commands that still come for a connection that nobody makes.
   */
  private endNow(): void {
    this.status = 'wait';
    super.disconnect();
  }
}

/**
 * A cluster that takes a command only while it is connected. Its own `enableOfflineQueue: false` also
 * refuses the commands that meet a node which is just being connected, as each is at its first use.
 */
export class FailFastCluster extends WaitingCluster {
  override sendCommand(...sent: Parameters<Cluster['sendCommand']>): unknown {
    const [command] = sent;
    const connected = this.status === 'ready' && this.nodes().length > 0;
    if (connected || isOwn(command)) return super.sendCommand(...sent);
    command.reject(new NotConnectedError(this.reason));
    return command.promise;
  }
}

/** By it the client finds out whether the cluster is complete. */
function isOwn({ name }: Command): boolean {
  return name === 'cluster';
}
