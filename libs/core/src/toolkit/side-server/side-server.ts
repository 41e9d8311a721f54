import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OptionError } from '../../options/option.error.js';

export interface SideServerOptions {
  /** Path of the option that names the port, for the error. */
  readonly option: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** @defaultValue all addresses of the machine */
  readonly host?: string | undefined;
  readonly serve: RequestListener;
}

/**
 * A second HTTP server, for those who watch the process: beside that of the application, from the
 * start of the boot until all the rest has been closed. It does not keep the process alive.
 */
export class SideServer {
  private constructor(private readonly server: Server) {}

  /** @throws OptionError if it cannot listen on the port */
  static async listen({ option, port, host, serve }: SideServerOptions): Promise<SideServer> {
    const server = createServer(serve);
    try {
      server.listen(port, host);
      await once(server, 'listening');
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new OptionError(option, port, `use a port that is free (${code})`);
    }
    // The main server keeps the process alive; a boot that fails must not be kept alive by this one.
    server.unref();
    return new SideServer(server);
  }

  /** Where it listens. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends its connections too: nobody who watches waits for an answer of some length. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
