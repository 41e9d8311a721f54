import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { inTime } from '../eventually/in-time.js';
import { ProcessEndedError } from './process-ended.error.js';
import { processGuard } from './process-guard.js';

export interface OwnProcessOptions {
  /** Named in errors. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** User and group to run as; only root may choose. */
  readonly uid?: number;
  readonly gid?: number;
  /** What asks the process to end in order. @defaultValue 'SIGTERM' */
  readonly endSignal?: NodeJS.Signals;
  /** Output goes to this file, which is emptied first, instead of being collected. */
  readonly logFile?: string;
}

export interface ProcessExit {
  /** Exit code; null if a signal ended the process or it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error?: Error;
}

const KEPT_LINES = 200;

/**
 * A process that we started and therefore may end. It has a process group of its own, so that a
 * terminal's Ctrl-C reaches only us, and never outlives us (see `process-guard.ts`).
 */
export class OwnProcess {
  /** Resolves when the process has ended and all its output was read; never rejects. */
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

  /** Exit code once it has ended by itself; otherwise null. */
  get exitCode(): number | null {
    return this.exit?.code ?? null;
  }

  /** The last lines of its output, 20 unless told otherwise, at most 200. */
  lastLines(count = 20): readonly string[] {
    const { logFile } = this.options;
    const lines =
      logFile === undefined ? this.lines : readFileSync(logFile, 'utf8').trimEnd().split('\n');
    return lines.filter((line) => line !== '').slice(-count);
  }

  /** Calls `listener` with every line from now on; returns what ends that. */
  onLine(listener: (line: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Resolves with the first line, written already or to come, that matches.
   *
   * @throws {@link ProcessEndedError} if the process ends before; `NotInTimeError` after `withinMs`.
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

  /** What to throw when it ended while it was still needed. */
  endedError(): ProcessEndedError {
    const { code, signal, error } = this.exit ?? {};
    const ending = error?.message ?? signal ?? `exit code ${code}`;
    return new ProcessEndedError(this.options.name, ending, this.lastLines());
  }

  /** Sends a signal; without effect once the process has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }

  /** Asks it to end in order; SIGKILL after `withinMs`. Resolves when it has ended. */
  async end(withinMs = 10_000): Promise<ProcessExit> {
    this.signal(this.options.endSignal ?? 'SIGTERM');
    // A stopped process acts on no other signal.
    this.signal('SIGCONT');
    try {
      return await inTime(this.exited, withinMs, `the end of ${this.options.name}`);
    } catch {
      return this.kill();
    }
  }

  /** Ends it at once (SIGKILL). Resolves when it has ended. */
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
