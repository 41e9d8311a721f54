import {
  DRAIN,
  SystemClock,
  type CancelTimer,
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
 * Redrives of many dead letters. A task is stored before `start` resolves; this process or another one
 * of the same queues runs it, and goes on with one whose process is gone.
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

  /** How many dead letters a task with this filter would redrive now. */
  count(queue: string, filter: DeadLetterFilter = {}): Promise<number> {
    return this.engine(queue).count(filter);
  }

  /**
   * Starts a task.
   *
   * @throws RedriveTaskActiveError if the queue has one already
   * @throws OptionError for a request that makes no sense
   */
  async start(queue: string, request: RedriveRequest): Promise<RedriveTask> {
    const task = await this.engine(queue).start(request);
    this.takeUp(queue, task.id);
    return task;
  }

  /** @throws RedriveTaskNotFoundError */
  get(queue: string, id: string): Promise<RedriveTask> {
    return this.engine(queue).get(id);
  }

  /** The last tasks, the newest first. */
  list(queue: string): Promise<readonly RedriveTask[]> {
    return this.engine(queue).list();
  }

  /**
   * Once it resolves no further dead letter is redriven by the task.
   *
   * @throws RedriveTaskNotFoundError
   */
  cancel(queue: string, id: string, by: string): Promise<RedriveTask> {
    return this.engine(queue).cancel(id, by);
  }

  onApplicationBootstrap(): void {
    void this.poll();
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

  /** Looks for tasks that nobody runs. */
  private async poll(): Promise<void> {
    for (const { name } of this.registry.all()) {
      try {
        const task = await this.engine(name).active();
        if (task) this.takeUp(name, task.id);
      } catch (error) {
        // Redis is away, which its connection has told.
        this.logger.debug(`redrives of ${name}: ${(error as Error).message}`);
      }
    }
    if (this.stopped.signal.aborted) return;
    const { taskPollMs } = this.connection.options.deadLetters;
    this.cancelTimer = this.clock.schedule(() => void this.poll(), taskPollMs, false);
  }

  private takeUp(queue: string, id: string): void {
    if (this.running.has(id) || this.stopped.signal.aborted) return;
    const run = this.engine(queue)
      .run(id, this.stopped.signal)
      .then(
        () => undefined,
        // It is taken up again: by this process when Redis is back, or by another.
        (error: Error) => this.logger.debug(`redrive ${id} of ${queue}: ${error.message}`),
      )
      .finally(() => this.running.delete(id));
    this.running.set(id, run);
  }

  private engine(queue: string): RedriveEngine {
    const known = this.engines.get(queue);
    if (known) return known;
    const engine = new RedriveEngine(this.letters.of(queue));
    this.engines.set(queue, engine);
    return engine;
  }
}
