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

  /** Resolves once the system has taken the text. */
  flushed(text: string): Promise<void> {
    return new Promise((resolve) => this.socket.write(text, () => resolve()));
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

  close(): void {
    this.socket.destroy();
  }
}

export async function connectionOf(server: Server): Promise<OpenConnection> {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return new OpenConnection(socket);
}
