import { OwnProcess } from '@loyalnest/testing';

/** Worker processes under supervision: whatever happens to one, another takes its place. */
export class WorkerFleet {
  /** Processes that ended before the fleet was stopped. */
  deaths = 0;
  private readonly workers = new Set<OwnProcess>();
  private stopping = false;

  constructor(
    private readonly entry: string,
    private readonly env: Readonly<Record<string, string>>,
    size: number,
  ) {
    for (let i = 0; i < size; i++) this.launch();
  }

  /** Pids of those that run now. */
  get pids(): readonly number[] {
    return [...this.workers].map(({ pid }) => pid!);
  }

  /** Ends one of them by SIGKILL, as a crash does; resolves when it is gone. */
  async kill(index: number): Promise<void> {
    const workers = [...this.workers];
    await workers[index % workers.length]?.kill();
  }

  /** Ends all of them for good. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.workers].map((worker) => worker.kill()));
  }

  private launch(): void {
    const worker = startWorker(this.entry, this.env);
    this.workers.add(worker);
    void worker.exited.then(() => {
      this.workers.delete(worker);
      if (this.stopping) return;
      this.deaths++;
      this.launch();
    });
  }
}

/** One worker, which nobody starts again. */
export function startWorker(entry: string, env: Readonly<Record<string, string>>): OwnProcess {
  return OwnProcess.start({
    name: 'worker',
    command: process.execPath,
    args: [entry],
    env: { ...process.env, ...env },
  });
}
