import { freePort } from '../network/free-port.js';
import { childPids } from '../process/child-pids.js';
import type { OwnProcess } from '../process/own-process.js';
import { ProcessEndedError } from '../process/process-ended.error.js';
import { processGuard } from '../process/process-guard.js';
import { createTemporaryFolder, removeTemporaryFolder } from '../process/temporary-folder.js';

export interface LocalServerOptions {
  /** Port on 127.0.0.1. @defaultValue a free one */
  readonly port?: number;
  /** Where the data lives; kept when the server stops. @defaultValue a temporary folder */
  readonly dataDir?: string;
}

const PORT_TAKEN = /address already in use/i;
const ATTEMPTS = 5;
const END_WITHIN_MS = 5_000;

/**
 * A real server on 127.0.0.1 in a process of ours, and the faults of such a process. Nothing of it
 * outlives this process.
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

  /** Starts the process and resolves once it serves. */
  protected abstract launch(): Promise<OwnProcess>;

  /** Tries free ports until one is still free when the server takes it. */
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

  /** The last lines that the server wrote. */
  lastLines(count?: number): readonly string[] {
    return this.process?.lastLines(count) ?? [];
  }

  /** Resolves when the running server ends, whoever ended it. */
  get exited(): Promise<unknown> {
    return this.process?.exited ?? Promise.resolve();
  }

  /** What to throw when it ended while it was still needed. */
  endedError(): Error {
    return this.process?.endedError() ?? new Error('the server was never started');
  }

  /** Stops every thread of the server (SIGSTOP): connections stay open and nothing answers. */
  pause(): void {
    const { pid } = this;
    if (pid === undefined) return;
    this.process?.signal('SIGSTOP');
    const children = childPids(pid);
    for (const child of children) {
      signalIfThere(child, 'SIGSTOP');
      // Should we be gone before it is resumed, its parent's end would not reach it.
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

  /** Ends every process of the server at once (SIGKILL), as a crash does. The data stays as it is. */
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

  /** Ends the server in order, by SIGKILL after `withinMs`; the data stays for `restart`. */
  async halt(withinMs = END_WITHIN_MS): Promise<void> {
    this.resume();
    await this.process?.end(withinMs);
  }

  /** Brings the server back on the same port and data, whether it runs, is paused, or is down. */
  async restart(): Promise<void> {
    await this.halt();
    this.process = await this.launch();
  }

  /** Ends the server for good, and removes its data unless the folder was given by the caller. */
  async stop(withinMs = END_WITHIN_MS): Promise<void> {
    await this.halt(withinMs);
    if (this.ownsData) await removeTemporaryFolder(this.dataDir);
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
