import {
  CHECK_HEALTH,
  durationMs,
  SystemClock,
  type Clock,
  type Duration,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { declarationOf, type IndicatorOptions } from './indicator.options.js';

/** The part of a BullMQ queue that the check uses. */
export interface CheckedQueue {
  readonly name: string;
  isPaused(): Promise<boolean>;
  getJobs(
    types: ('waiting' | 'prioritized')[],
    start: number,
    end: number,
    asc: boolean,
  ): Promise<readonly (CheckedJob | undefined)[]>;
}

interface CheckedJob {
  readonly timestamp: number;
  readonly opts?: { readonly delay?: number };
}

/** The part of a BullMQ worker that the check uses. */
export interface CheckedWorker {
  isRunning(): boolean;
  isPaused(): boolean;
  on(event: 'stalled', listener: () => void): unknown;
}

export interface QueueCheckOptions extends IndicatorOptions {
  /** This process's workers on the queue. @defaultValue none: only the queue is checked */
  readonly workers?: readonly CheckedWorker[];
  /** Age of the next waiting job at which the queue becomes degraded. @defaultValue '5m' */
  readonly oldestAfter?: Duration;
  /** How long a stalled job keeps the queue degraded. @defaultValue '5m' */
  readonly stalledFor?: Duration;
  /** Source of time. @defaultValue the machine's */
  readonly clock?: Clock;
}

/**
 * Checks that a BullMQ queue is being processed: its workers run, jobs do not wait too long, and
 * none has stalled recently. For queues outside of QueueModule, which has its own check.
 *
 * @example
 * new QueueCheck(reports, { workers: [worker], oldestAfter: '10m' })
 */
export class QueueCheck implements HealthContributor {
  readonly healthCheck;
  private readonly workers: readonly CheckedWorker[];
  private readonly clock: Clock;
  private readonly oldestAfterMs: number;
  private readonly stalledForMs: number;
  private stalls = 0;
  private lastStallAt = -Infinity;

  /** @param options `name` is `queue:<queue>` by default; soft unless `critical` */
  constructor(
    private readonly queue: CheckedQueue,
    options: QueueCheckOptions = {},
  ) {
    const { workers = [], oldestAfter = '5m', stalledFor = '5m', clock } = options;
    this.healthCheck = declarationOf(`queue:${queue.name}`, options);
    this.workers = workers;
    this.clock = clock ?? new SystemClock();
    this.oldestAfterMs = durationMs('QueueCheck.oldestAfter', oldestAfter);
    this.stalledForMs = durationMs('QueueCheck.stalledFor', stalledFor);
    for (const worker of workers) worker.on('stalled', () => this.noteStall());
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    const running = this.workers.filter((worker) => worker.isRunning()).length;
    const { workers, stalls } = this;
    if (running < workers.length) return { status: 'down', code: 'worker-stopped' };
    const [isPaused, ...next] = await Promise.all([
      this.queue.isPaused(),
      // The next job of each kind: BullMQ keeps prioritized jobs separately.
      this.queue.getJobs(['waiting'], 0, 0, true),
      this.queue.getJobs(['prioritized'], 0, 0, true),
    ]);
    const oldestMs = Math.max(0, ...next.flat().map((job) => this.ageMs(job)));
    const code = this.codeOf(isPaused, oldestMs);
    return {
      status: code === undefined ? 'up' : 'degraded',
      ...(code !== undefined && { code }),
      observed: { workers: running, oldestWaitingS: Math.round(oldestMs / 1_000), stalls },
    };
  }

  private codeOf(isPaused: boolean, oldestMs: number): string | undefined {
    if (isPaused || this.workers.some((worker) => worker.isPaused())) return 'paused';
    if (oldestMs > this.oldestAfterMs) return 'jobs-waiting';
    return this.clock.monotonic() - this.lastStallAt < this.stalledForMs
      ? 'jobs-stalled'
      : undefined;
  }

  /** Time since the job could run: since it was added, or since its delay ended. */
  private ageMs(job: CheckedJob | undefined): number {
    return job ? this.clock.now() - job.timestamp - (job.opts?.delay ?? 0) : 0;
  }

  private noteStall(): void {
    this.stalls++;
    this.lastStallAt = this.clock.monotonic();
  }
}
