import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Tells which connections of HTTP/1 have been used and have nothing on the way now, not even the
 * beginning of a request.
 */
export class RestingSockets {
  private readonly bytesAtRest = new WeakMap<Socket, number>();

  /** The response to `req` has ended. */
  note({ httpVersionMajor, socket }: IncomingMessage): void {
    if (httpVersionMajor === 1) this.bytesAtRest.set(socket, socket.bytesRead);
  }

  /** @param running requests that have no complete response yet */
  among(sockets: Iterable<Socket>, running: Iterable<IncomingMessage>): readonly Socket[] {
    const busy = new Set([...running].map(({ socket }) => socket));
    return [...sockets].filter(
      (socket) => !busy.has(socket) && socket.bytesRead === this.bytesAtRest.get(socket),
    );
  }
}
