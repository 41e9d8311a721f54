import {
  DRAIN,
  SystemClock,
  type CancelTimer,
  type Clock,
  type Drainable,
  type DrainStep,
} from '@loyalnest/core';
import { runOutsideContext, scheduleInBackground } from '@loyalnest/core/toolkit';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';
import type { DeadLetterFilter } from '../dead-letter/dead-letter.js';
import { DeadLetterService } from '../dead-letter/dead-letter.service.js';
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import type { QueueModuleOptions } from '../queue.options.js';
import { QueueRegistry } from '../queue-registry.js';
import { RedriveEngine } from './redrive-engine.js';
import type { RedriveRequest } from './redrive-request.js';
import type { RedriveTask } from './redrive-task.js';

/**
 * Redrives many dead letters as a task. The task is stored before `start` resolves. This process runs
 * it, or another one with the same queues; if that process dies, the next one continues.
 */
@Injectable()
export class RedriveTasks implements OnApplicationBootstrap, OnApplicationShutdown, Drainable {
  private readonly logger = new Logger('Queue');
  private readonly clock: Clock;
  private readonly stopped = new AbortController();
  private readonly engines = new Map<string, RedriveEngine>();
  private readonly running = new Map<string, Promise<void>>();
  private cancelTimer: CancelTimer | undefined;

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
    private readonly letters: DeadLetterService,
  ) {
    this.clock = options.clock ?? new SystemClock();
  }

  /**
   * The engine behind the tasks of a queue, the same one for every caller.
   *
   * @throws OptionError if the application did not declare the queue
   */
  of(queue: string): RedriveEngine {
    const known = this.engines.get(queue);
    if (known) return known;
    const engine = new RedriveEngine(this.letters.of(queue));
    this.engines.set(queue, engine);
    return engine;
  }

  /** Number of dead letters that a task with this filter would redrive now. */
  count(queue: string, filter: DeadLetterFilter = {}): Promise<number> {
    return this.of(queue).count(filter);
  }

  /**
   * Starts a task.
   *
   * @throws RedriveTaskActiveError if the queue has an active task
   * @throws OptionError for an invalid request
   */
  async start(queue: string, request: RedriveRequest): Promise<RedriveTask> {
    const task = await this.of(queue).start(request);
    this.takeUp(queue, task.id);
    return task;
  }

  /** @throws RedriveTaskNotFoundError */
  get(queue: string, id: string): Promise<RedriveTask> {
    return this.of(queue).get(id);
  }

  /** The last tasks, newest first. */
  list(queue: string): Promise<readonly RedriveTask[]> {
    return this.of(queue).list();
  }

  /**
   * Ends a task. Once this resolves, the task redrives nothing more.
   *
   * @throws RedriveTaskNotFoundError
   */
  cancel(queue: string, id: string, by: string): Promise<RedriveTask> {
    return this.of(queue).cancel(id, by);
  }

  onApplicationBootstrap(): void {
    runOutsideContext(() => void this.poll());
  }

  [DRAIN](): readonly DrainStep[] {
    return [
      { phase: 'stop-intake', name: 'redrives', run: () => this.stop() },
      {
        phase: 'drain',
        name: 'redrives',
        run: async () => void (await Promise.allSettled(this.running.values())),
        pending: () => [...this.running.keys()],
      },
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    this.stop();
    await Promise.allSettled(this.running.values());
  }

  private stop(): void {
    this.stopped.abort();
    this.cancelTimer?.();
  }

  /** Continues tasks that no process runs. */
  private async poll(): Promise<void> {
    for (const { name } of this.registry.all()) {
      try {
        const task = await this.of(name).active();
        if (task) this.takeUp(name, task.id);
      } catch (error) {
        // Redis is unavailable; its connection has reported that.
        this.logger.debug(`redrives of ${name}: ${(error as Error).message}`);
      }
    }
    if (this.stopped.signal.aborted) return;
    const { taskPollMs } = this.connection.options.deadLetters;
    this.cancelTimer = scheduleInBackground(this.clock, () => void this.poll(), taskPollMs);
  }

  private takeUp(queue: string, id: string): void {
    if (this.running.has(id) || this.stopped.signal.aborted) return;
    // The task outlives the request that starts it.
    const run = runOutsideContext(() => this.of(queue).run(id, this.stopped.signal))
      .then(
        () => undefined,
        // This process or another one continues the task when Redis is back.
        (error: Error) => this.logger.debug(`redrive ${id} of ${queue}: ${error.message}`),
      )
      .finally(() => this.running.delete(id));
    this.running.set(id, run);
  }
}
