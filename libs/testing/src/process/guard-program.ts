/** One line on the guard's stdin. */
export interface GuardOrder {
  /** End this process with this signal when the parent has ended. */
  readonly watch?: { readonly pid: number; readonly signal: NodeJS.Signals };
  readonly release?: number;
  /** Remove this folder when the parent has ended. */
  readonly own?: string;
  readonly disown?: string;
}

/**
 * The program of the guard process. It reads from stdin which processes and folders belong to its
 * parent. When stdin closes, it ends the processes and removes the folders. It is passed to
 * `node --eval` as text, so it must not use anything outside its own body.
 */
export function guardProgram(): void {
  const { rmSync } = process.getBuiltinModule('node:fs');
  const { createInterface } = process.getBuiltinModule('node:readline');
  const graceMs = 5_000;
  const pollMs = 25;
  const endSignals = new Map<number, NodeJS.Signals>();
  const folders = new Set<string>();

  const send = (pid: number, signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  };

  const clear = (deadline: number): void => {
    for (const pid of endSignals.keys()) if (!send(pid, 0)) endSignals.delete(pid);
    if (endSignals.size > 0 && Date.now() < deadline) {
      setTimeout(clear, pollMs, deadline);
      return;
    }
    for (const pid of endSignals.keys()) send(pid, 'SIGKILL');
    for (const folder of folders) {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    }
  };

  const orders = createInterface({ input: process.stdin });
  orders.on('line', (line) => {
    const { watch, release, own, disown } = JSON.parse(line) as GuardOrder;
    if (watch) endSignals.set(watch.pid, watch.signal);
    if (release) endSignals.delete(release);
    if (own) folders.add(own);
    if (disown) folders.delete(disown);
  });
  orders.on('close', () => {
    for (const [pid, signal] of endSignals) {
      send(pid, signal);
      // A stopped process handles its end signal only after SIGCONT.
      send(pid, 'SIGCONT');
    }
    clear(Date.now() + graceMs);
  });
}
