import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { limitServer } from '../http-server/server-limits.js';
import { OptionError } from '../../options/option.error.js';

/** Options of a {@link SideServer}. */
export interface SideServerOptions {
  /** Path of the option that sets the port, for the error. */
  readonly option: string;
  /** 0 chooses a free port. */
  readonly port: number;
  /** @defaultValue all addresses of the machine */
  readonly host?: string | undefined;
  readonly serve: RequestListener;
}

/**
 * A second HTTP server for health checks and metrics. It runs next to the application's server, from the
 * start of the boot until everything else has closed. It does not keep the process alive.
 */
export class SideServer {
  private constructor(private readonly server: Server) {}

  /** @throws OptionError if it cannot listen on the port */
  static async listen({ option, port, host, serve }: SideServerOptions): Promise<SideServer> {
    const server = createServer(serve);
    limitServer(server);
    try {
      server.listen(port, host);
      await once(server, 'listening');
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw new OptionError(option, port, `use a port that is free (${code})`);
    }
    // The main server keeps the process alive. This one must not keep a failed boot alive.
    server.unref();
    return new SideServer(server);
  }

  /** The port on which the server listens. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Closes the server and its connections at once. Its answers are short, so nobody waits for one. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
