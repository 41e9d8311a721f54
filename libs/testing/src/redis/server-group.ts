import type { LocalServer } from '../server/local-server.js';

/** Servers that belong together, and faults of all of them at once. */
export abstract class ServerGroup {
  /** In the order in which they can be started. */
  protected abstract readonly servers: readonly LocalServer[];

  /** SIGSTOP for all: connections stay open and nothing answers. */
  pause(): void {
    for (const server of this.servers) server.pause();
  }

  resume(): void {
    for (const server of this.servers) server.resume();
  }

  /** SIGKILL for all; the data stays. */
  async kill(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
  }

  /** Ends all for good and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
