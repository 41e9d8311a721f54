import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

const CHUNK = Buffer.alloc(64 * 1_024, 'a');

/** A raw connection that collects what it receives. */
export class OpenConnection {
  received = '';
  readonly closed: Promise<unknown>;

  constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => (this.received += text));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', resolve));
  }

  get isOpen(): boolean {
    return !this.socket.closed;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Sends bytes until all are sent or the connection has closed. Returns how many were sent. */
  async pour(bytes: number): Promise<number> {
    let sent = 0;
    while (sent < bytes && this.socket.writable) {
      sent += CHUNK.length;
      if (!this.socket.write(CHUNK)) {
        await Promise.race([once(this.socket, 'drain').catch(() => undefined), this.closed]);
      }
    }
    return sent;
  }

  get hasEnded(): boolean {
    return this.socket.readableEnded;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** @param options `allowHalfOpen`: stays open after the server has ended its side, as bad clients do */
export async function connectionOf(
  server: Server,
  options: { readonly allowHalfOpen?: boolean } = {},
): Promise<OpenConnection> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', ...options });
  await once(socket, 'connect');
  return new OpenConnection(socket);
}
