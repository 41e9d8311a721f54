import { Agent, request } from 'node:http';

export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether to open a new connection instead of using the pool. */
  readonly fresh: boolean;
}

/** The status code of the answer, or an error code such as `ECONNREFUSED` or `ECONNRESET`. */
export type Outcome = number | string;

/**
 * A minimal load balancer: round robin over its endpoints, a pool of keep-alive connections, no
 * retries.
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
