import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Finds the HTTP/1 connections that have served a request and have received nothing since, not even
 * the beginning of another request.
 */
export class RestingSockets {
  private readonly bytesAtRest = new WeakMap<Socket, number>();

  /** The response to `req` has ended. */
  note({ httpVersionMajor, socket }: IncomingMessage): void {
    if (httpVersionMajor === 1) this.bytesAtRest.set(socket, socket.bytesRead);
  }

  /** @param running requests whose response is not complete yet */
  among(sockets: Iterable<Socket>, running: Iterable<IncomingMessage>): readonly Socket[] {
    const busy = new Set([...running].map(({ socket }) => socket));
    return [...sockets].filter(
      (socket) => !busy.has(socket) && socket.bytesRead === this.bytesAtRest.get(socket),
    );
  }
}
