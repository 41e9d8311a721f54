import { spawn, type ChildProcess } from 'node:child_process';
import { guardProgram, type GuardOrder } from './guard-program.js';

/**
 * Makes sure that no process and no temporary folder outlives this process, however it ends: by
 * itself, by an uncaught exception or by any signal, including SIGKILL. A second Node process holds
 * the other end of a pipe, which the kernel closes when this process ends. The guard then sends each
 * watched process its end signal, follows with SIGKILL after 5 s, and removes the folders. It runs
 * only while there is something to guard.
 *
 * If the guard itself is killed together with this process, the watched processes stay.
 */
class ProcessGuard {
  private guard: ChildProcess | undefined;
  private readonly subjects = new Set<number | string>();

  /** Ends process `pid` with `signal` if this process ends before `release`. */
  watch(pid: number, signal: NodeJS.Signals): void {
    this.add(pid, { watch: { pid, signal } });
  }

  release(pid: number): void {
    this.remove(pid, { release: pid });
  }

  /** Removes `folder` if this process ends before `disown`. */
  own(folder: string): void {
    this.add(folder, { own: folder });
  }

  disown(folder: string): void {
    this.remove(folder, { disown: folder });
  }

  private add(subject: number | string, order: GuardOrder): void {
    this.subjects.add(subject);
    this.guard ??= this.start();
    this.send(order);
  }

  private remove(subject: number | string, order: GuardOrder): void {
    if (!this.subjects.delete(subject)) return;
    this.send(order);
    if (this.subjects.size > 0) return;
    this.guard?.stdin?.end();
    this.guard = undefined;
  }

  private send(order: GuardOrder): void {
    this.guard?.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  private start(): ChildProcess {
    // Detached, because a terminal's Ctrl-C must not end the guard before this process.
    const guard = spawn(process.execPath, ['--eval', `(${guardProgram.toString()})()`], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] },
      cwd: '/',
    });
    guard.on('error', (error) => process.emitWarning(error));
    guard.stdin?.on('error', (error) => process.emitWarning(error));
    guard.unref();
    (guard.stdin as unknown as { unref?(): void }).unref?.();
    return guard;
  }
}

export const processGuard = new ProcessGuard();
