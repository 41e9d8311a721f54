import { DRAIN, SystemClock, type Clock, type Drainable, type DrainStep } from '@loyalnest/core';
import { runOutsideContext } from '@loyalnest/core/toolkit';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Worker, type Job } from 'bullmq';
import { QueueConnection } from '../connection/queue-connection.js';
import { DeadLetterMaintenance } from '../dead-letter/dead-letter-maintenance.js';
import { JobHandlers, type RegisteredHandler } from '../handler/job-handlers.js';
import { MAX_CRASHES } from '../job/job-definition.js';
import { isJobEnvelope } from '../job/job-envelope.js';
import { QueueRegistry, type RegisteredQueue } from '../queue-registry.js';
import { jobFinished, jobRetried, jobStalled } from '../queue.events.js';
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import type { QueueModuleOptions } from '../queue.options.js';
import { refuseTrimmingProcessors } from '../retention-guard.js';
import { JobThrottle } from '../throttling/job-throttle.js';
import { StartThrottle } from '../throttling/start-throttle.js';
import { keepGlobalConcurrency } from './global-concurrency.js';
import { JobAdmission } from './job-admission.js';
import { JobRunner } from './job-runner.js';
import { QueueJobJournal } from './queue-job-journal.js';
import { retryDelayMs } from './retry-delay.js';
import { RunningJobs } from './running-jobs.js';
import { waitingBackend } from './waiting-backend.js';

/** The current state of a worker. */
export interface WorkerState {
  readonly isRunning: boolean;
  readonly isPaused: boolean;
}

/**
 * Runs a worker for each queue that this application has handlers for. Workers start taking jobs
 * once every provider is initialized. In a shutdown they stop taking jobs, let the running ones
 * finish, and hand back the rest to their queues.
 */
@Injectable()
export class JobWorkers
  implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown, Drainable
{
  private readonly logger = new Logger('Queue');
  private readonly clock: Clock;
  private readonly workers: Worker[] = [];
  private handlers: ReadonlyMap<string, RegisteredHandler> = new Map();
  private jobs!: RunningJobs;
  private stopping: Promise<unknown> | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
    private readonly found: JobHandlers,
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
    private readonly deadLetters: DeadLetterMaintenance,
    private readonly throttle: JobThrottle,
    private readonly discovery: DiscoveryService,
  ) {
    this.clock = options.clock ?? new SystemClock();
  }

  async onModuleInit(): Promise<void> {
    try {
      this.handlers = this.found.discover();
      for (const { definition } of this.handlers.values()) this.registry.get(definition.queue);
      const queues = this.registry.all();
      for (const queue of queues) this.throttle.check(queue);
      refuseTrimmingProcessors(this.discovery, new Set(queues.map(({ name }) => name)));
    } catch (error) {
      // An open connection would keep a failed boot alive.
      this.connection.close();
      throw error;
    }
    const { registry, clock, throttle } = this;
    const { unknownNameForMs } = this.connection.options;
    const paced = new StartThrottle(registry, throttle, clock);
    const admission = new JobAdmission(this.handlers, clock, unknownNameForMs, paced);
    const runner = new JobRunner(admission, clock, new QueueJobJournal(registry));
    this.jobs = new RunningJobs(runner, clock);
    await this.connection.ready();
  }

  onApplicationBootstrap(): void {
    const names = new Set([...this.handlers.values()].map(({ definition }) => definition.queue));
    const queues = [...names].map((name) => this.registry.get(name));
    keepGlobalConcurrency(this.connection.producer, queues);
    runOutsideContext(() => this.startWorkers(queues));
  }

  private startWorkers(queues: readonly RegisteredQueue[]): void {
    for (const queue of queues) {
      const { name } = queue;
      const worker = this.createWorker(queue);
      this.workers.push(worker);
      void worker
        .run()
        .catch((error: Error) => this.logger.error(`worker for queue '${name}': ${error.message}`));
    }
  }

  /** One state for each queue that has handlers; empty before the application has started. */
  get states(): readonly WorkerState[] {
    return this.workers.map((worker) => ({
      isRunning: worker.isRunning(),
      isPaused: worker.isPaused(),
    }));
  }

  [DRAIN](): readonly DrainStep[] {
    return [
      { phase: 'stop-intake', name: 'workers', run: () => this.stopIntake() },
      {
        phase: 'drain',
        name: 'jobs',
        run: (signal) => this.drain(signal),
        pending: () => this.jobs.active,
      },
      { phase: 'close-queues', name: 'workers', run: () => this.close() },
    ];
  }

  /** Closes the workers if no graceful shutdown did. */
  async onApplicationShutdown(): Promise<void> {
    this.jobs?.handBackAll();
    await this.close();
  }

  private createWorker({ name, concurrency, lockMs }: RegisteredQueue): Worker {
    const worker = new Worker(
      name,
      // BullMQ passes its signal only to a function that declares three parameters.
      (job, token, signal) => this.jobs.process(job, token, signal),
      {
        connection: this.connection.workerConnection,
        prefix: this.connection.options.prefix,
        autorun: false,
        concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        // JobAdmission rejects a job that crashes too often, with a reason. BullMQ's own limit is
        // higher.
        maxStalledCount: MAX_CRASHES,
        settings: {
          backoffStrategy: (attemptsMade, _type, error, job) =>
            this.retryIn(attemptsMade, error, job as Job | undefined),
        },
      },
      waitingBackend,
    );
    // This event is only a hint; maintenance finds missed dead letters by reading the failed set.
    worker.on('failed', (job, error) => {
      // BullMQ failed the job without a run: it was cancelled, or it stalled too often.
      if (job?.deferredFailure !== undefined) publishDead(job, error);
      if (job?.finishedOn !== undefined) this.deadLetters.notice(name, job.id!);
    });
    worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => this.jobs.abandon(id)));
    worker.on('stalled', (id) => jobStalled.publish({ id, queue: name }));
    worker.on('error', (error) =>
      this.logger.debug(`worker for queue '${name}': ${error.message}`),
    );
    return worker;
  }

  private retryIn(attemptsMade: number, error: unknown, job: Job | undefined): number {
    const definition = this.handlers.get(job?.name ?? '')?.definition;
    const delayMs = retryDelayMs(definition, attemptsMade, error);
    const { id, name } = job ?? {};
    if (id && name) jobRetried.publish({ id, name, attempt: attemptsMade, delayMs, error });
    return delayMs;
  }

  /**
   * `pause()` interrupts the worker's blocking read, while `pause(true)` would leave it open. Its
   * promise also waits for the running jobs, so it is not awaited here; `drain` waits for them.
   */
  private stopIntake(): void {
    this.jobs.stop();
    // It rejects if the connection closes before its jobs have ended; the drain step reports those.
    for (const worker of this.workers) worker.pause().catch(() => undefined);
  }

  /** Waits for the running jobs. When the signal aborts, it hands back those that still run. */
  private async drain(signal: AbortSignal): Promise<void> {
    const handBack = (): void => this.jobs.handBackAll();
    signal.addEventListener('abort', handBack, { once: true });
    if (signal.aborted) handBack();
    while (this.jobs.active.length > 0) await this.clock.sleep(20);
    signal.removeEventListener('abort', handBack);
  }

  private async close(): Promise<void> {
    // Only the first call of close can force it; later calls return the pending promise.
    const force = (this.jobs?.active.length ?? 0) > 0;
    this.stopping ??= this.connection.cutOffUnless(
      Promise.allSettled(this.workers.map((worker) => worker.close(force))),
    );
    await this.stopping;
  }
}

function publishDead({ id, name, attemptsMade, data }: Job, error: Error): void {
  const context = isJobEnvelope(data) ? { context: data.context } : undefined;
  const run = { outcome: 'dead', durationMs: 0, error } as const;
  jobFinished.publish({ id: id!, name, attempt: Math.max(1, attemptsMade), ...run, ...context });
}
