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
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import type { QueueModuleOptions } from '../queue.options.js';
import { QueueRegistry } from '../queue-registry.js';
import { DeadLetterService } from './dead-letter.service.js';

/** Ids that wait to be indexed; more are found by the next reconciliation. */
const MAX_WAITING = 10_000;
const PAGE = 250;

/**
 * Keeps the index of dead letters right: a job that dies in this process is indexed at once, all
 * others by comparing with the failed set, at the boot and from then on. Removes what is over the
 * limits. Stops when the shutdown stops the intake, and holds no timer after that.
 */
@Injectable()
export class DeadLetterMaintenance
  implements OnApplicationBootstrap, OnApplicationShutdown, Drainable
{
  private readonly logger = new Logger('Queue');
  private readonly clock: Clock;
  private readonly stopped = new AbortController();
  private readonly timers = new Map<string, CancelTimer>();
  private readonly waiting = new Map<string, Set<string>>();

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
    private readonly connection: QueueConnection,
    private readonly registry: QueueRegistry,
    private readonly letters: DeadLetterService,
  ) {
    this.clock = options.clock ?? new SystemClock();
  }

  onApplicationBootstrap(): void {
    const { reconcileEveryMs, fullReconcileEveryMs, pruneEveryMs } =
      this.connection.options.deadLetters;
    for (const { name } of this.registry.all()) {
      this.repeat(`full:${name}`, fullReconcileEveryMs, () => this.reconcile(name, true), true);
      this.repeat(`reconcile:${name}`, reconcileEveryMs, () => this.reconcile(name, false));
      this.repeat(`prune:${name}`, pruneEveryMs, () => this.prune(name));
    }
  }

  /** A job may have died: looked at soon, together with others that do. Never throws. */
  notice(queue: string, id: string): void {
    if (this.stopped.signal.aborted) return;
    const waiting = this.waiting.get(queue);
    if (waiting) {
      if (waiting.size < MAX_WAITING) waiting.add(id);
      return;
    }
    this.waiting.set(queue, new Set([id]));
    void this.indexWaiting(queue);
  }

  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'stop-intake', name: 'dead-letters', run: () => this.stop() }];
  }

  onApplicationShutdown(): void {
    this.stop();
  }

  private stop(): void {
    this.stopped.abort();
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
  }

  private repeat(name: string, everyMs: number, task: () => Promise<void>, now = false): void {
    const run = async (): Promise<void> => {
      try {
        await task();
      } catch (error) {
        // Redis is away, which its connection has told; the next time does it all.
        this.logger.debug(`dead letters ${name}: ${(error as Error).message}`);
      }
      if (this.stopped.signal.aborted) return;
      this.timers.set(
        name,
        this.clock.schedule(() => void run(), everyMs, false),
      );
    };
    if (now) void run();
    else
      this.timers.set(
        name,
        this.clock.schedule(() => void run(), everyMs, false),
      );
  }

  private async reconcile(queue: string, full: boolean): Promise<void> {
    await this.letters.of(queue).reconcile({ full, signal: this.stopped.signal });
  }

  private async prune(queue: string): Promise<void> {
    const pruned = await this.letters.of(queue).prune(this.stopped.signal);
    const removed = Object.entries(pruned?.removed ?? {});
    if (removed.length === 0) return;
    const counts = removed.map(([reason, count]) => `${count} ${reason}`).join(', ');
    this.logger.warn(`dead letters of ${queue} removed by their retention: ${counts}`);
  }

  private async indexWaiting(queue: string): Promise<void> {
    // What dies in this turn of the loop is one page.
    await new Promise<void>((done) => setImmediate(done));
    const { index } = this.letters.of(queue);
    for (let ids = this.take(queue); ids.length > 0; ids = this.take(queue)) {
      try {
        await index.add(ids);
      } catch {
        // The next reconciliation finds them.
      }
    }
  }

  private take(queue: string): readonly string[] {
    const waiting = this.waiting.get(queue)!;
    const ids = [...waiting].slice(0, PAGE);
    for (const id of ids) waiting.delete(id);
    if (ids.length === 0) this.waiting.delete(queue);
    return ids;
  }
}
