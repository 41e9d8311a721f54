import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ProxiedConnection } from './proxied-connection.js';
import type { ProxyFault } from './proxy-fault.js';

export interface TcpProxyOptions {
  /** The server to forward connections to. */
  readonly target: { readonly host?: string; readonly port: number };
  /** Port on 127.0.0.1. @defaultValue a free one */
  readonly port?: number;
}

export interface ConnectionCounts {
  /** All connections so far, including those that a fault has reset. */
  readonly accepted: number;
  /** Connections that are forwarded now. */
  readonly open: number;
}

/**
 * Forwards connections between a client and a server and injects network faults, one at a time. When
 * a fault is removed or replaced, its connections are closed. Otherwise a client such as ioredis
 * would take the first answer that arrives for the answer to another command.
 *
 * @example
 * const proxy = await TcpProxy.start({ target: redis });
 * const client = new Redis({ host: proxy.host, port: proxy.port });
 * await proxy.blackHole();
 * await proxy.heal();
 * await proxy.stop();
 */
export class TcpProxy {
  readonly host = '127.0.0.1';
  private readonly connections = new Set<ProxiedConnection>();
  private readonly server: Server;
  private fault: ProxyFault | undefined;
  private accepted = 0;
  private boundPort = 0;

  private constructor(private readonly options: TcpProxyOptions) {
    this.server = createServer({ allowHalfOpen: true }, (client) => this.accept(client));
  }

  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    await proxy.listen(options.port ?? 0);
    return proxy;
  }

  get port(): number {
    return this.boundPort;
  }

  get counts(): ConnectionCounts {
    return { accepted: this.accepted, open: this.connections.size };
  }

  /** `url` with the proxy's address instead of the server's. */
  through(url: string): string {
    const proxied = new URL(url);
    proxied.host = `${this.host}:${this.port}`;
    return proxied.toString();
  }

  /** Delays every answer by `ms` milliseconds, plus up to `jitterMs` at random. Keeps the order. */
  latency(ms: number, jitterMs = 0): Promise<void> {
    return this.inflict({ kind: 'latency', ms, jitterMs });
  }

  /** Connections open and stay open, but no byte reaches either side. */
  blackHole(): Promise<void> {
    return this.inflict({ kind: 'black-hole' });
  }

  /** Resets existing connections (RST), and new ones as soon as they open. */
  async reset(): Promise<void> {
    await this.inflict({ kind: 'reset' });
    for (const connection of this.connections) connection.reset();
  }

  /** Resets existing connections and refuses new ones, as if no server was listening. */
  async down(): Promise<void> {
    await this.inflict({ kind: 'down' });
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const connection of this.connections) connection.reset();
    await closed;
  }

  /** Removes the fault. After `down`, listens on the same port again. */
  async heal(): Promise<void> {
    const { fault } = this;
    this.fault = undefined;
    if (fault) for (const connection of this.connections) connection.reset();
    if (fault?.kind === 'down') await this.listen(this.boundPort);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const connection of this.connections) connection.reset();
    await closed;
  }

  private async inflict(fault: ProxyFault): Promise<void> {
    await this.heal();
    this.fault = fault;
  }

  private accept(client: Socket): void {
    this.accepted++;
    if (this.fault?.kind === 'reset') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const { host = this.host, port } = this.options.target;
    const connection = new ProxiedConnection(client, { host, port }, () => this.fault);
    this.connections.add(connection);
    connection.onClose(() => this.connections.delete(connection));
  }

  private async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, this.host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    this.boundPort = (this.server.address() as AddressInfo).port;
  }
}
