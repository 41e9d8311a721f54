import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { inTime } from '../eventually/in-time.js';
import { ProcessEndedError } from './process-ended.error.js';
import { processGuard } from './process-guard.js';

export interface OwnProcessOptions {
  /** Appears in error messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** User and group to run as; requires root. */
  readonly uid?: number;
  readonly gid?: number;
  /** Signal that makes the process shut down cleanly. @defaultValue 'SIGTERM' */
  readonly endSignal?: NodeJS.Signals;
  /** File that gets the output instead of memory. It is truncated first. */
  readonly logFile?: string;
}

export interface ProcessExit {
  /** Exit code; null if a signal ended the process or if it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the process could not be started. */
  readonly error?: Error;
}

const KEPT_LINES = 200;

/**
 * A child process that never outlives this process (see `process-guard.ts`). It has its own process
 * group, so a terminal's Ctrl-C reaches only this process.
 */
export class OwnProcess {
  /** Resolves when the process has ended and all of its output is read. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  private readonly listeners = new Set<(line: string) => void>();
  private exit: ProcessExit | undefined;

  private constructor(private readonly options: OwnProcessOptions) {
    const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'w');
    const { uid, gid, cwd, env } = options;
    this.child = spawn(options.command, options.args, {
      detached: true,
      stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
      ...(cwd !== undefined && { cwd }),
      ...(env !== undefined && { env }),
    });
    if (log !== undefined) closeSync(log);
    for (const stream of [this.child.stdout, this.child.stderr]) if (stream) this.collect(stream);
    this.exited = new Promise((resolve) => {
      const settle = (exit: ProcessExit): void => {
        if (this.pid !== undefined) processGuard.release(this.pid);
        this.exit ??= exit;
        resolve(this.exit);
      };
      this.child.once('error', (error) => settle({ code: null, signal: null, error }));
      this.child.once('close', (code, signal) => settle({ code, signal }));
    });
    if (this.pid !== undefined) processGuard.watch(this.pid, options.endSignal ?? 'SIGTERM');
  }

  static start(options: OwnProcessOptions): OwnProcess {
    return new OwnProcess(options);
  }

  /** Undefined if the process could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return this.exit === undefined;
  }

  /** Exit code if the process has exited by itself; otherwise null. */
  get exitCode(): number | null {
    return this.exit?.code ?? null;
  }

  /** The last lines of the output, at most 200. */
  lastLines(count = 20): readonly string[] {
    const { logFile } = this.options;
    const lines =
      logFile === undefined ? this.lines : readFileSync(logFile, 'utf8').trimEnd().split('\n');
    return lines.filter((line) => line !== '').slice(-count);
  }

  /** Calls `listener` with every further line. Returns a function that removes it. */
  onLine(listener: (line: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Resolves to the first matching line, past or future.
   *
   * @throws {@link ProcessEndedError} if the process ends first; `NotInTimeError` after `withinMs`
   */
  async waitForLine(pattern: RegExp, withinMs: number): Promise<string> {
    const written = this.lines.find((line) => pattern.test(line));
    if (written !== undefined) return written;
    let stopListening = (): void => undefined;
    const line = new Promise<string>((resolve, reject) => {
      stopListening = this.onLine((candidate) => {
        if (pattern.test(candidate)) resolve(candidate);
      });
      void this.exited.then(() => reject(this.endedError()));
    });
    try {
      return await inTime(line, withinMs, `${this.options.name}: ${String(pattern)}`, () =>
        ['. Its last lines:', ...this.lastLines()].join('\n  '),
      );
    } finally {
      stopListening();
    }
  }

  /** The error to throw if the process has ended while it was needed. */
  endedError(): ProcessEndedError {
    const { code, signal, error } = this.exit ?? {};
    const ending = error?.message ?? signal ?? `exit code ${code}`;
    return new ProcessEndedError(this.options.name, ending, this.lastLines());
  }

  /** Sends a signal. Does nothing if the process has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }

  /** Shuts the process down, with SIGKILL after `withinMs`. Resolves when it has ended. */
  async end(withinMs = 10_000): Promise<ProcessExit> {
    this.signal(this.options.endSignal ?? 'SIGTERM');
    // A stopped process handles its end signal only after SIGCONT.
    this.signal('SIGCONT');
    try {
      return await inTime(this.exited, withinMs, `the end of ${this.options.name}`);
    } catch {
      return this.kill();
    }
  }

  /** Sends SIGKILL. Resolves when the process has ended. */
  kill(): Promise<ProcessExit> {
    this.signal('SIGKILL');
    return this.exited;
  }

  private collect(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.lines.push(line);
      if (this.lines.length > KEPT_LINES) this.lines.shift();
      for (const listener of this.listeners) listener(line);
    });
  }
}
