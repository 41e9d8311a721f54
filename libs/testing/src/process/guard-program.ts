/** One line on the guard's stdin. */
export interface GuardOrder {
  /** End this process with this signal once we are gone. */
  readonly watch?: { readonly pid: number; readonly signal: NodeJS.Signals };
  readonly release?: number;
  /** Remove this folder once we are gone. */
  readonly own?: string;
  readonly disown?: string;
}

/**
 * What the guard runs: a Node process of its own that learns over stdin which processes and
 * folders belong to its parent, and ends and removes them once stdin closes. It is handed to
 * `node --eval` as text, so it may use nothing from outside its own body.
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
      // A stopped process acts on no other signal.
      send(pid, 'SIGCONT');
    }
    clear(Date.now() + graceMs);
  });
}
