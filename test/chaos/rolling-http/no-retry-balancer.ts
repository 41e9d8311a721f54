import { Agent, request } from 'node:http';

export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Over a connection of its own instead of one of the pool. */
  readonly fresh: boolean;
}

/** The status of the answer, or what happened instead of one: `ECONNREFUSED`, `ECONNRESET`. */
export type Outcome = number | string;

/**
 * A load balancer of the plainest kind: round robin over its endpoints, a pool of kept-alive
 * connections, and never a second try.
 */
export class NoRetryBalancer {
  private readonly pool = new Agent({ keepAlive: true });
  private endpoints: readonly number[] = [];
  private turn = 0;

  add(port: number): void {
    this.endpoints = [...this.endpoints, port];
  }

  remove(port: number): void {
    this.endpoints = this.endpoints.filter((endpoint) => endpoint !== port);
  }

  stop(): void {
    this.pool.destroy();
  }

  post({ path, headers, fresh }: Call): Promise<Outcome> {
    const port = this.endpoints[this.turn++ % this.endpoints.length];
    const agent = fresh ? false : this.pool;
    return new Promise((resolve) => {
      const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
      const call = request({ host: '127.0.0.1', port, method: 'POST', path, headers, agent });
      call.on('error', failed);
      call.on('response', (answer) => {
        answer.on('error', failed).on('end', () => resolve(answer.statusCode!));
        answer.resume();
      });
      call.end();
    });
  }
}
