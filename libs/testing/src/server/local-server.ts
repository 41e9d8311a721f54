import { freePort } from '../network/free-port.js';
import { childPids } from '../process/child-pids.js';
import type { OwnProcess } from '../process/own-process.js';
import { ProcessEndedError } from '../process/process-ended.error.js';
import { processGuard } from '../process/process-guard.js';
import { createTemporaryFolder, removeTemporaryFolder } from '../process/temporary-folder.js';

export interface LocalServerOptions {
  /** Port on 127.0.0.1. @defaultValue a free one */
  readonly port?: number;
  /** Folder of the data; kept when the server stops. @defaultValue a temporary folder */
  readonly dataDir?: string;
}

const PORT_TAKEN = /address already in use/i;
const ATTEMPTS = 5;
const END_WITHIN_MS = 5_000;

/**
 * A real server on 127.0.0.1 that can be paused, killed and restarted. It never outlives this
 * process.
 */
export abstract class LocalServer {
  readonly host = '127.0.0.1';
  private process: OwnProcess | undefined;
  private frozen: readonly number[] = [];

  protected constructor(
    readonly port: number,
    readonly dataDir: string,
    private readonly ownsData: boolean,
  ) {}

  /** Starts the process and resolves when it accepts connections. */
  protected abstract launch(): Promise<OwnProcess>;

  /** Tries free ports until the server can listen on one, because another process may be faster. */
  protected static async startOnFreePort<S extends LocalServer>(
    name: string,
    options: LocalServerOptions,
    create: (port: number, dataDir: string, ownsData: boolean) => S,
    temporaryParent?: string,
  ): Promise<S> {
    const ownsData = options.dataDir === undefined;
    const dataDir = options.dataDir ?? createTemporaryFolder(name, temporaryParent);
    try {
      for (let attempt = 1; ; attempt++) {
        const server = create(options.port ?? (await freePort()), dataDir, ownsData);
        try {
          server.process = await server.launch();
          return server;
        } catch (error) {
          const taken = error instanceof ProcessEndedError && PORT_TAKEN.test(error.message);
          if (!taken || options.port !== undefined || attempt === ATTEMPTS) throw error;
        }
      }
    } catch (error) {
      if (ownsData) await removeTemporaryFolder(dataDir);
      throw error;
    }
  }

  /** Undefined while the server is down. */
  get pid(): number | undefined {
    return this.process?.running ? this.process.pid : undefined;
  }

  /** The last lines of the server's output. */
  lastLines(count?: number): readonly string[] {
    return this.process?.lastLines(count) ?? [];
  }

  /** Resolves when the running server ends, for whatever reason. */
  get exited(): Promise<unknown> {
    return this.process?.exited ?? Promise.resolve();
  }

  /** The error to throw if the server has ended while it was needed. */
  endedError(): Error {
    return this.process?.endedError() ?? new Error('the server was never started');
  }

  /** Freezes the server (SIGSTOP): connections stay open and nothing answers. */
  pause(): void {
    const { pid } = this;
    if (pid === undefined) return;
    this.process?.signal('SIGSTOP');
    const children = childPids(pid);
    for (const child of children) {
      signalIfThere(child, 'SIGSTOP');
      // A stopped child would not notice the end of its parent, so the guard must kill it.
      processGuard.watch(child, 'SIGKILL');
    }
    this.frozen = [...this.frozen, ...children];
  }

  /** Ends a pause. */
  resume(): void {
    for (const child of this.frozen) {
      signalIfThere(child, 'SIGCONT');
      processGuard.release(child);
    }
    this.frozen = [];
    this.process?.signal('SIGCONT');
  }

  /** Kills every process of the server (SIGKILL), like a crash. Keeps the data. */
  async kill(): Promise<void> {
    const { pid } = this;
    if (pid === undefined) return;
    const children = childPids(pid);
    const ended = this.process?.kill();
    for (const child of children) {
      signalIfThere(child, 'SIGKILL');
      processGuard.release(child);
    }
    this.frozen = [];
    await ended;
  }

  /** Shuts the server down cleanly, with SIGKILL after `withinMs`. Keeps the data for `restart`. */
  async halt(withinMs = END_WITHIN_MS): Promise<void> {
    this.resume();
    await this.process?.end(withinMs);
  }

  /** Starts the server on the same port and data, whether it is running, paused or down. */
  async restart(): Promise<void> {
    await this.halt();
    this.process = await this.launch();
  }

  /** Shuts the server down and removes its data, unless the caller passed `dataDir`. */
  async stop(withinMs = END_WITHIN_MS): Promise<void> {
    await this.halt(withinMs);
    if (this.ownsData) await removeTemporaryFolder(this.dataDir);
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has already ended.
  }
}
