import {
  DRAIN,
  isLoyalNestError,
  SystemClock,
  type Clock,
  type Drainable,
  type DrainStep,
} from '@loyalnest/core';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Worker } from 'bullmq';
import { QueueConnection } from '../connection/queue-connection.js';
import { QueueRegistry, type RegisteredQueue } from '../queue-registry.js';
import { MAX_CRASHES } from '../job/job-definition.js';
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import type { QueueModuleOptions } from '../queue.options.js';
import { JobHandlers, type RegisteredHandler } from './job-handlers.js';
import { JobRunner } from './job-runner.js';

const DEFAULT_BACKOFF_MS = 1_000;

/**
 * Runs a worker for each queue that this application has handlers for. Workers take jobs once every
 * provider is initialised; in a shutdown they stop taking jobs, let the running ones finish, and
 * hand back what is left.
 */
@Injectable()
export class JobWorkers
  implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown, Drainable
{
  private readonly logger = new Logger('Queue');
  private readonly clock: Clock;
  private readonly workers: Worker[] = [];
  private handlers: ReadonlyMap<string, RegisteredHandler> = new Map();
  private runner!: JobRunner;
  private stopping: Promise<unknown> | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
    private readonly found: JobHandlers,
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
  ) {
    this.clock = options.clock ?? new SystemClock();
  }

  async onModuleInit(): Promise<void> {
    try {
      this.handlers = this.found.discover();
      for (const { definition } of this.handlers.values()) this.registry.get(definition.queue);
    } catch (error) {
      // A boot that fails must not be kept alive by a connection.
      this.connection.close();
      throw error;
    }
    this.runner = new JobRunner(this.handlers, this.clock);
    await this.connection.ready();
  }

  onApplicationBootstrap(): void {
    const queues = new Set([...this.handlers.values()].map(({ definition }) => definition.queue));
    for (const name of queues) {
      const worker = this.createWorker(this.registry.get(name));
      this.workers.push(worker);
      void worker
        .run()
        .catch((error: Error) => this.logger.error(`worker of ${name}: ${error.message}`));
    }
  }

  [DRAIN](): readonly DrainStep[] {
    return [
      { phase: 'stop-intake', name: 'workers', run: () => this.stopIntake() },
      {
        phase: 'drain',
        name: 'jobs',
        run: (signal) => this.drain(signal),
        pending: () => this.runner.active,
      },
      { phase: 'close-queues', name: 'workers', run: () => this.close() },
    ];
  }

  /** Without a graceful shutdown Nest's last hook closes the workers. */
  async onApplicationShutdown(): Promise<void> {
    this.runner?.handBackAll();
    await this.close();
  }

  private createWorker({ name, concurrency, lockMs }: RegisteredQueue): Worker {
    const worker = new Worker(
      name,
      // BullMQ passes its signal only to a function that declares three parameters.
      (job, token, signal) => this.runner.run(job, token, signal),
      {
        connection: this.connection.workerConnection,
        prefix: this.connection.options.prefix,
        autorun: false,
        concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        // The runner ends a job that crashes, with a reason; BullMQ's own limit comes after it.
        maxStalledCount: MAX_CRASHES,
        settings: {
          backoffStrategy: (attemptsMade, _type, error, job) =>
            this.backoffMs(job?.name, attemptsMade, error),
        },
      },
    );
    worker.on('error', (error) => this.logger.debug(`worker of ${name}: ${error.message}`));
    return worker;
  }

  private backoffMs(name: string | undefined, attemptsMade: number, error: unknown): number {
    const backoff = this.handlers.get(name ?? '')?.definition.backoff;
    const delayMs = backoff ? backoff(attemptsMade) : DEFAULT_BACKOFF_MS;
    const retryAfterMs = isLoyalNestError(error) ? (error.retryAfterMs ?? 0) : 0;
    return Math.ceil(Math.max(delayMs, retryAfterMs));
  }

  /**
   * `pause()` cuts off the worker's blocking read, which `pause(true)` would leave open. Its promise
   * would wait for the running jobs; `drain` does that.
   */
  private stopIntake(): void {
    this.runner.stop();
    // It rejects when the connection is closed before its jobs have ended; the drain tells of those.
    for (const worker of this.workers) worker.pause().catch(() => undefined);
  }

  /** Ends when no job is running; hands back what still runs when the signal aborts. */
  private async drain(signal: AbortSignal): Promise<void> {
    const handBack = (): void => this.runner.handBackAll();
    signal.addEventListener('abort', handBack, { once: true });
    if (signal.aborted) handBack();
    while (this.runner.active.length > 0) await this.clock.sleep(20);
    signal.removeEventListener('abort', handBack);
  }

  private async close(): Promise<void> {
    // A forced close only works as the first call of close; later ones return the pending promise.
    const force = (this.runner?.active.length ?? 0) > 0;
    await (this.stopping ??= Promise.allSettled(this.workers.map((worker) => worker.close(force))));
  }
}
