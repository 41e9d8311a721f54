import { runOutsideContext } from '@loyalnest/core/toolkit';
import { Cluster, type Command } from 'ioredis';
import { mendConnection } from './mended-connection.js';
import { NotConnectedError } from './not-connected.error.js';

const REFRESH_EVERY_MS = 10_000;

/**
 * A cluster client that notices a hung node, reports why the cluster is unavailable, and really
 * ends on `disconnect`.
 */
export class WaitingCluster extends Cluster {
  protected reason = 'it has not answered yet';
  private ended = false;

  constructor(...options: ConstructorParameters<typeof Cluster>) {
    super(...options);
    this.on('+node', (node) => mendConnection(node, ({ message }) => (this.reason = message)));
    let timer: NodeJS.Timeout | undefined;
    // A hung node redirects no client to its successor, so refresh the slots regularly. The timer
    // that ioredis offers for this keeps running after the end.
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

  /** Its timers and events belong to no request, even if one connects it. */
  override connect(): Promise<void> {
    return runOutsideContext(() => super.connect());
  }

  /** ioredis reports that it could not refresh the slots; this adds why. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const [error] = values;
    if (event === 'error' && error instanceof Error) error.message += ` ${this.reason}`;
    return super.emit(event, ...values);
  }

  /**
   * ioredis waits for its nodes to end. Without nodes, such as between two connection attempts, it
   * would neither end nor settle its commands.
   */
  override disconnect(reconnect = false): void {
    if (!reconnect && this.status !== 'end' && this.nodes().length === 0) this.endNow();
    else super.disconnect(reconnect);
  }

  /**
   * ioredis emits `end` when the first node ends. When the next one does, its status would go back
   * to `close`, and it would queue new commands for a connection that never comes.
   */
  private endNow(): void {
    this.status = 'wait';
    super.disconnect();
  }
}

/**
 * A cluster client that accepts commands only while it is connected. `enableOfflineQueue: false` of
 * ioredis is too strict: it also rejects commands for a node that is just being connected, and each
 * node is connected on its first command.
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

/** The client itself sends this command to find out whether the cluster is complete. */
function isOwn({ name }: Command): boolean {
  return name === 'cluster';
}
