import type { Clock } from '@loyalnest/core';
import { BoundAbortController } from '@loyalnest/core/toolkit';
import type { RunnableJob } from '../job/runnable-job.js';
import { JobLockLostError } from './job-lock-lost.error.js';
import type { JobRunner } from './job-runner.js';
import { HandBack } from './run-outcome.js';
import { settleJob } from './settle-job.js';

/** The runs of this process, from when a worker takes a job until BullMQ has the outcome. */
export class RunningJobs {
  private readonly running = new Map<string, BoundAbortController>();
  private stopped = false;

  constructor(
    private readonly runner: JobRunner,
    private readonly clock: Clock,
  ) {}

  /** Ids of the jobs that are running now. */
  get active(): readonly string[] {
    return [...this.running.keys()];
  }

  /**
   * From now on, jobs that still arrive go back to their queue without a run. A paused worker may
   * get one more job, as BullMQ does not check again between its blocking read and taking the job.
   */
  stop(): void {
    this.stopped = true;
  }

  /** Aborts every run. The jobs go back to their queues, and no attempt is counted. */
  handBackAll(): void {
    this.stop();
    for (const controller of this.running.values()) controller.abort(handBack());
  }

  /** Aborts the run of a job whose lock was lost. */
  abandon(id: string): void {
    this.running.get(id)?.abort(new JobLockLostError(id));
  }

  /** Runs a job for a BullMQ worker. */
  async process(job: RunnableJob, token?: string, cancelled?: AbortSignal): Promise<void> {
    const id = job.id!;
    const controller = new BoundAbortController();
    const onCancelled = (): void => controller.abort(cancelled!.reason);
    cancelled?.addEventListener('abort', onCancelled, { once: true });
    this.running.set(id, controller);
    if (this.stopped) controller.abort(handBack());
    try {
      await settleJob(job, token, await this.runner.run(job, controller), this.clock);
    } finally {
      // A job that lost its lock may already run here again, with another controller.
      if (this.running.get(id) === controller) this.running.delete(id);
      cancelled?.removeEventListener('abort', onCancelled);
    }
  }
}

function handBack(): HandBack {
  return new HandBack('the process is shutting down');
}
