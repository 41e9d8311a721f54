import type { LocalServer } from '../server/local-server.js';

/** Servers that belong together and can be paused, killed and stopped at once. */
export abstract class ServerGroup {
  /** In start order. */
  protected abstract readonly servers: readonly LocalServer[];

  /** Freezes all servers (SIGSTOP): connections stay open and nothing answers. */
  pause(): void {
    for (const server of this.servers) server.pause();
  }

  resume(): void {
    for (const server of this.servers) server.resume();
  }

  /** Kills all servers (SIGKILL). Keeps the data. */
  async kill(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
  }

  /** Shuts all servers down and removes their data. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}
