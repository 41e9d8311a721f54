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
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import type { QueueModuleOptions } from '../queue.options.js';
import { QueueRegistry } from '../queue-registry.js';
import { DeadLetterService } from './dead-letter.service.js';

/** Max number of ids that wait to be indexed. The next reconciliation finds the others. */
const MAX_WAITING = 10_000;
const PAGE = 250;

/**
 * Keeps the index of dead letters up to date, and prunes them. A job that dies in this process is
 * indexed at once. All others are found by comparing the index with the failed set, at boot and
 * regularly after it. It stops when the shutdown stops the intake, and then holds no timer.
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

  /** Indexes a job that may have died, soon and together with others. Never throws. */
  notice(queue: string, id: string): void {
    if (this.stopped.signal.aborted) return;
    const waiting = this.waiting.get(queue);
    if (waiting) {
      if (waiting.size < MAX_WAITING) waiting.add(id);
      return;
    }
    this.waiting.set(queue, new Set([id]));
    // One batch serves many jobs.
    runOutsideContext(() => void this.indexWaiting(queue));
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
        // Redis is unavailable; its connection has reported that. The next run catches up.
        this.logger.debug(`dead letters ${name}: ${(error as Error).message}`);
      }
      if (this.stopped.signal.aborted) return;
      this.timers.set(
        name,
        scheduleInBackground(this.clock, () => void run(), everyMs),
      );
    };
    if (now) runOutsideContext(() => void run());
    else
      this.timers.set(
        name,
        scheduleInBackground(this.clock, () => void run(), everyMs),
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
    this.logger.warn(`the retention removed dead letters of '${queue}': ${counts}`);
  }

  private async indexWaiting(queue: string): Promise<void> {
    // Jobs that die in the same turn of the event loop share a page.
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
