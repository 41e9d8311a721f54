import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { pathOf } from './path-of.js';

interface Upgraded {
  readonly name: string;
  readonly isWebSocket: boolean;
  /** More bytes than this mean that the handshake was answered. */
  readonly writtenBefore: number;
}

/** RFC 6455, 7.4.1: the endpoint is going away. */
const GOING_AWAY = 1001;
const REASON = 'shutting down';

/** Tracks upgraded connections, mostly WebSockets, because Node's HTTP server does not. */
export class UpgradedSockets {
  private readonly sockets = new Map<Duplex, Upgraded>();

  /**
   * Listens for upgrades only after the application does. With a listener, Node no longer serves
   * upgrade requests as HTTP.
   */
  watch(server: Server): void {
    const track = (request: IncomingMessage, socket: Duplex): void => this.track(request, socket);
    const watchOnce = (event: string | symbol): void => {
      if (event !== 'upgrade') return;
      server.off('newListener', watchOnce);
      server.prependListener('upgrade', track);
    };
    server.on('newListener', watchOnce);
    if (server.listenerCount('upgrade') > 0) watchOnce('upgrade');
  }

  get names(): readonly string[] {
    return [...this.sockets.values()].map(({ name }) => name);
  }

  /** Sends every WebSocket a close frame. Its client answers, and both ends close. */
  sayGoingAway(): void {
    for (const [socket, { isWebSocket, writtenBefore }] of this.sockets) {
      const isOpen = isWebSocket && bytesWritten(socket) > writtenBefore && socket.writable;
      if (isOpen) socket.write(closeFrame());
    }
  }

  /** Destroys the WebSockets whose clients have not answered the close frame. */
  destroyWebSockets(): void {
    for (const [socket, { isWebSocket }] of this.sockets) if (isWebSocket) socket.destroy();
  }

  private track(request: IncomingMessage, socket: Duplex): void {
    this.sockets.set(socket, {
      name: `${request.method} ${pathOf(request)} (${request.headers.upgrade})`,
      isWebSocket: request.headers.upgrade?.toLowerCase() === 'websocket',
      writtenBefore: bytesWritten(socket),
    });
    socket.once('close', () => this.sockets.delete(socket));
  }
}

/** A server's close frame, which is unmasked (RFC 6455, 5.2 and 5.5.1). */
function closeFrame(): Buffer {
  const frame = Buffer.alloc(4 + REASON.length);
  frame[0] = 0x88;
  frame[1] = 2 + REASON.length;
  frame.writeUInt16BE(GOING_AWAY, 2);
  frame.write(REASON, 4);
  return frame;
}

function bytesWritten(socket: Duplex): number {
  return (socket as Duplex & { readonly bytesWritten?: number }).bytesWritten ?? 0;
}
