import {
  CHECK_HEALTH,
  SystemClock,
  type Clock,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';
import { QueueRegistry } from '../queue-registry.js';
import { jobStalled } from '../queue.events.js';
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import type { QueueModuleOptions } from '../queue.options.js';
import { JobWorkers } from '../worker/job-workers.js';
import { oldestWaiting } from './oldest-waiting.js';

/** How long the check is degraded after a job has stalled. */
const STALLED_FOR_MS = 300_000;

/**
 * Checks the application's queues: its workers run, no job has waited for too long, and none has
 * stalled recently. A failure only degrades the service, because other instances may work.
 */
@Injectable()
export class QueueHealth implements HealthContributor, OnApplicationShutdown {
  readonly healthCheck = { name: 'queues', critical: false };
  private readonly clock: Clock;
  private readonly unsubscribe: () => void;
  private stalls = 0;
  private lastStallAt = -Infinity;

  constructor(
    private readonly registry: QueueRegistry,
    private readonly connection: QueueConnection,
    private readonly workers: JobWorkers,
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
  ) {
    this.clock = options.clock ?? new SystemClock();
    this.unsubscribe = jobStalled.subscribe(({ queue }) => this.noteStall(queue));
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    const { producer, options } = this.connection;
    const { states } = this.workers;
    if (states.some(({ isRunning }) => !isRunning)) return down('worker-stopped');
    if (producer.status !== 'ready') return down('not-connected');
    const queues = await Promise.all(
      this.registry.all().map(async ({ bull }) => ({
        isPaused: await bull.isPaused(),
        since: await oldestWaiting({ bull, redis: producer, clock: this.clock }),
      })),
    );
    const ages = queues.map(({ since = Infinity }) => this.clock.now() - since);
    const oldestMs = Math.max(0, ...ages);
    const isPaused = [...queues, ...states].some((each) => each.isPaused);
    const code = this.codeOf(isPaused, oldestMs > options.degradedAfterMs);
    return {
      status: code === undefined ? 'up' : 'degraded',
      ...(code !== undefined && { code }),
      observed: {
        workers: states.length,
        oldestWaitingS: Math.round(oldestMs / 1_000),
        stalls: this.stalls,
      },
    };
  }

  onApplicationShutdown(): void {
    this.unsubscribe();
  }

  private codeOf(isPaused: boolean, isLate: boolean): string | undefined {
    if (isPaused) return 'paused';
    if (isLate) return 'jobs-waiting';
    return this.clock.monotonic() - this.lastStallAt < STALLED_FOR_MS ? 'jobs-stalled' : undefined;
  }

  /** The channel belongs to the whole process, so queues of other applications are ignored. */
  private noteStall(queue: string): void {
    if (!this.registry.all().some(({ name }) => name === queue)) return;
    this.stalls++;
    this.lastStallAt = this.clock.monotonic();
  }
}

function down(code: string): HealthObservation {
  return { status: 'down', code };
}
