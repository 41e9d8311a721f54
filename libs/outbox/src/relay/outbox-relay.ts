import {
  CHECK_HEALTH,
  createBackoff,
  DRAIN,
  JobPublisher,
  SystemClock,
  type Clock,
  type Drainable,
  type DrainStep,
  type HealthContributor,
  type HealthObservation,
} from '@loyalnest/core';
import { OutageReport, runOutsideContext } from '@loyalnest/core/toolkit';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { OutboxStore } from '../outbox-store.js';
import { MODULE_OPTIONS_TOKEN } from '../outbox.module-definition.js';
import {
  resolveOutboxOptions,
  type OutboxModuleOptions,
  type ResolvedOutboxOptions,
} from '../outbox.options.js';
import { eventsLost, eventsPublished } from './outbox.events.js';

const CONFIRM_BATCH = 500;

/**
 * Publishes committed events to the queue and keeps each one until its job has ended. A published
 * event that the queue no longer knows is published again. Every instance may run a relay.
 */
@Injectable()
export class OutboxRelay
  implements OnApplicationBootstrap, OnModuleDestroy, Drainable, HealthContributor
{
  readonly healthCheck = { name: 'outbox', critical: false };
  private readonly logger = new Logger('Outbox');
  private readonly options: ResolvedOutboxOptions;
  private readonly clock: Clock;
  private readonly backoff = createBackoff('outbox.backoff', { initial: '200ms', max: '2s' });
  private readonly stop = new AbortController();
  private loops: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(MODULE_OPTIONS_TOKEN) options: OutboxModuleOptions,
    private readonly store: OutboxStore,
    private readonly publisher: JobPublisher,
  ) {
    this.options = resolveOutboxOptions(options);
    this.clock = options.clock ?? new SystemClock();
  }

  onApplicationBootstrap(): void {
    this.loops = runOutsideContext(() =>
      Promise.all([
        this.repeat('publishing', () => this.publishDue()),
        this.repeat('confirming', () => this.confirmDue()),
      ]),
    );
  }

  [DRAIN](): readonly DrainStep[] {
    return [
      { phase: 'stop-intake', name: 'outbox relay', run: () => this.stop.abort() },
      { phase: 'drain', name: 'outbox relay', run: () => this.ended() },
    ];
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.ended();
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    const lagMs = Math.round(await this.store.lagMs());
    const late = lagMs > this.options.degradedAfterMs;
    return {
      status: late ? 'degraded' : 'up',
      ...(late && { code: 'outbox-lag' }),
      observed: { lagMs },
    };
  }

  /** Publishes one batch of due events. Resolves to true if there may be more. */
  async publishDue(): Promise<boolean> {
    const { batchSize, leaseMs, confirmAfterMs } = this.options;
    const events = await this.store.claim(batchSize, leaseMs);
    if (events.length === 0) return false;
    const results = await this.publisher.publish(events);
    const failures = results.filter((result) => result.outcome === 'failed');
    const published = results.filter(({ outcome }) => outcome !== 'failed').map(({ id }) => id);
    await this.store.markPublished(published, confirmAfterMs);
    const attempts = new Map(events.map(({ id, publishAttempts }) => [id, publishAttempts]));
    for (const { id, error } of failures) {
      await this.store.markFailed(id, error.message, this.backoff(attempts.get(id) ?? 1));
    }
    eventsPublished.publish({ published: published.length, failed: failures.length });
    if (failures[0]) throw failures[0].error;
    return events.length === batchSize;
  }

  /** Looks up one batch of published events in the queue. Resolves to true if there may be more. */
  async confirmDue(): Promise<boolean> {
    const events = await this.store.unconfirmed(CONFIRM_BATCH);
    if (events.length === 0) return false;
    const fates = await this.publisher.fates(events);
    const byId = new Map(events.map(({ id }, index) => [id, fates[index]!]));
    await this.store.settle(byId, this.options.confirmAfterMs);
    const lost = fates.filter((fate) => fate === 'unknown').length;
    if (lost > 0) {
      this.logger.warn(`the queue has lost ${lost} published events; publishing them again`);
      eventsLost.publish({ lost });
    }
    return events.length === CONFIRM_BATCH;
  }

  private async ended(): Promise<void> {
    await this.loops;
  }

  /** A failure of the database or the queue ends the current round, never the loop. */
  private async repeat(what: string, round: () => Promise<boolean>): Promise<void> {
    const { signal } = this.stop;
    const outage = new OutageReport(this.logger, {
      begin: `${what} fails`,
      end: `${what} works again`,
    });
    while (!signal.aborted) {
      const more = await round().catch((error: unknown) => {
        outage.begin(error);
        return undefined;
      });
      if (more !== undefined) outage.end();
      if (more) continue;
      await this.clock
        .sleep(this.options.pollMs, { signal, keepAlive: false })
        .catch(() => undefined);
    }
  }
}
