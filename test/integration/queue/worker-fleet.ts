import { eventually, OwnProcess } from '@loyalnest/testing';

/** Supervised worker processes: each one that ends is replaced. */
export class WorkerFleet {
  /** Processes that ended before the fleet was stopped. */
  deaths = 0;
  private readonly workers = new Set<OwnProcess>();
  private readonly atWork = new Set<OwnProcess>();
  private stopping = false;

  constructor(
    private readonly entry: string,
    private readonly env: Readonly<Record<string, string>>,
    size: number,
  ) {
    for (let i = 0; i < size; i++) this.launch();
  }

  /**
   * Kills one of at least two workers that run jobs; resolves when it has ended. The others run its
   * jobs again: if each worker were killed as soon as it runs, the same jobs would die every time.
   *
   * @param choice selects the worker; from 0 up to, but not including, 1
   * @param ended aborts when no jobs are left; then no worker is killed
   */
  async kill(choice: number, ended: AbortSignal): Promise<void> {
    const atWork = this.atWork;
    const within = { within: '60s', what: 'two workers at work' } as const;
    await eventually(() => atWork.size > 1 || ended.aborted, within);
    if (ended.aborted) return;
    await [...atWork][Math.floor(choice * atWork.size)]?.kill();
  }

  /** Kills all workers without replacing them. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.workers].map((worker) => worker.kill()));
  }

  private launch(): void {
    const worker = startWorker(this.entry, this.env);
    this.workers.add(worker);
    worker.onLine((line) => line === 'at work' && this.atWork.add(worker));
    void worker.exited.then(() => {
      this.workers.delete(worker);
      this.atWork.delete(worker);
      if (this.stopping) return;
      this.deaths++;
      this.launch();
    });
  }
}

/** Starts one worker that is not replaced when it ends. */
export function startWorker(entry: string, env: Readonly<Record<string, string>>): OwnProcess {
  return OwnProcess.start({
    name: 'worker',
    command: process.execPath,
    args: [entry],
    env: { ...process.env, ...env },
  });
}
