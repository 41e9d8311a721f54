import {
  CHECK_HEALTH,
  DRAIN,
  OBSERVE_METRICS,
  ON_SHUTDOWN,
  OptionError,
  SystemClock,
  type Clock,
  type Drainable,
  type DrainStep,
  type HealthContributor,
  type HealthObservation,
  type Measurement,
  type MetricSource,
  type ShutdownListener,
} from '@loyalnest/core';
import {
  measureRedis,
  OutageReport,
  runOutsideContext,
  scheduleInBackground,
  takeFromCellsScript,
  type Cell,
} from '@loyalnest/core/toolkit';
import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Cluster, Redis } from 'ioredis';
import { once } from 'node:events';
import { storageChanged } from '../throttling.events.js';
import { AwaitedAnswers } from './awaited-answers.js';
import { MemoryThrottlingStorage } from './memory-throttling-storage.js';
import { ThrottlingStorage } from './throttling-storage.js';
import type { Verdict } from './verdict.js';

/** Settings of a {@link RedisThrottlingStorage}. */
export interface RedisStorageSettings {
  /** Called after all other settings have been checked. */
  readonly connect: () => Redis | Cluster;
  /** Whether the storage created the connection and closes it. */
  readonly isOwn: boolean;
  readonly prefix?: string;
  readonly timeoutMs: number;
  readonly maxKeys?: number;
  readonly clock?: Clock;
}

const PROBE_EVERY_MS = 250;
/** A connection without an answer to a probe for this long is dead, even if nothing closed it. */
const DEAD_AFTER_MS = 5_000;
const CONNECT_WITHIN_MS = 1_000;

/** One request per microsecond: always allowed, and forgotten at once. */
const PROBE: Cell = {
  key: 'probe',
  rate: { limit: 1_000, perMs: 1, burst: 1_000, intervalUs: 1, capacityUs: 1_000 },
};

/**
 * Counts requests in Redis, so that all processes share the limits. One call of a script counts all
 * limits of a request. It fails open: while Redis is unavailable, hangs or answers with errors, this
 * process keeps limits of its own. Only the requests that discover the outage wait, up to the timeout.
 */
export class RedisThrottlingStorage
  extends ThrottlingStorage
  implements
    OnModuleInit,
    HealthContributor,
    MetricSource,
    Drainable,
    ShutdownListener,
    OnApplicationShutdown
{
  readonly healthCheck = { name: 'redis:throttling', critical: false };
  readonly metricSource = 'throttling';
  private readonly outage = new OutageReport(new Logger('Throttling'), {
    begin: 'Redis is unavailable, so each process keeps limits of its own',
    end: 'Redis is available again, and limits are shared',
  });
  private readonly redis: Redis | Cluster;
  private readonly prefix: string;
  private readonly clock: Clock;
  private readonly local: MemoryThrottlingStorage;
  private readonly answers: AwaitedAnswers;
  private lastError = 'it has not answered yet';
  private probeSentMs: number | undefined;
  private draining = false;
  private closed = false;

  /** @throws OptionError */
  constructor(private readonly settings: RedisStorageSettings) {
    super();
    const {
      connect,
      isOwn,
      prefix = '{throttling}',
      timeoutMs,
      clock = new SystemClock(),
    } = settings;
    // https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
    if (!/^[^{]*\{[^}]+\}/.test(prefix)) {
      const remedy = "put a part in braces, such as '{throttling}': all keys must be in one slot";
      throw new OptionError('throttling.prefix', prefix, remedy);
    }
    this.prefix = `${prefix}:`;
    this.clock = clock;
    this.local = new MemoryThrottlingStorage({ ...settings, clock });
    const late = `no answer in ${timeoutMs} ms`;
    this.answers = new AwaitedAnswers(clock, timeoutMs, () => this.leave(late));
    this.redis = runOutsideContext(connect);
    if (isOwn) this.redis.on('error', ({ message }: Error) => (this.lastError = message));
  }

  /**
   * Connects and loads the script into Redis, so that the first requests need no second round trip. Does
   * not wait for an unavailable Redis.
   */
  async onModuleInit(): Promise<void> {
    const timeUp = once(AbortSignal.timeout(CONNECT_WITHIN_MS), 'abort').then(() => {
      throw new Error(this.lastError);
    });
    await Promise.race([this.begin(), timeUp]).catch((error: unknown) => {
      this.leave(messageOf(error));
    });
  }

  private async begin(): Promise<void> {
    if (this.redis.status === 'wait') {
      runOutsideContext(() => this.redis.connect()).catch(() => {});
    }
    if (this.redis.status !== 'ready') await once(this.redis, 'ready');
    await this.ask([PROBE]);
  }

  override take(cells: readonly Cell[]): Verdict | Promise<Verdict> {
    if (this.outage.isOutage || this.closed) return this.takeLocally(cells);
    if (this.redis.status !== 'ready') {
      this.leave(this.lastError);
      return this.takeLocally(cells);
    }
    return new Promise((resolve) => {
      const endWaiting = this.answers.add(() => resolve(this.takeLocally(cells)));
      this.ask(cells).then(
        (verdict) => {
          if (endWaiting()) resolve(verdict);
        },
        // Leaving Redis settles every waiting request, including this one.
        (error: unknown) => this.leave(messageOf(error)),
      );
    });
  }

  async [CHECK_HEALTH](): Promise<HealthObservation> {
    if (!this.outage.isOutage && !this.closed) await this.take([PROBE]);
    if (!this.outage.isOutage) return { status: 'up' };
    const code = this.redis.status === 'ready' ? 'no-answer' : 'not-connected';
    return { status: 'down', code };
  }

  [OBSERVE_METRICS](): Iterable<Measurement> {
    return [
      {
        name: 'loyalnest_throttling_redis_up',
        help: 'Whether limits are shared through Redis (1) or kept by this process alone (0)',
        value: this.outage.isOutage ? 0 : 1,
      },
      ...measureRedis(this.redis, 'throttling'),
    ];
  }

  /** Closes after everything that requests need, because a draining service still limits them. */
  [DRAIN](): readonly DrainStep[] {
    return [{ phase: 'close-connections', name: 'redis:throttling', run: () => this.close() }];
  }

  [ON_SHUTDOWN](): void {
    this.draining = true;
  }

  /** Closes in applications without a graceful shutdown. The HTTP server has closed by then. */
  onApplicationShutdown(): void {
    if (!this.draining) this.close();
  }

  private close(): void {
    this.closed = true;
    this.answers.giveUp();
    if (this.settings.isOwn) this.redis.disconnect();
  }

  private takeLocally(cells: readonly Cell[]): Verdict {
    return { ...this.local.take(cells), fallback: true };
  }

  private async ask(cells: readonly Cell[]): Promise<Verdict> {
    const keys = cells.map(({ key }) => this.prefix + key);
    const args = cells.flatMap(({ rate }) => [rate.intervalUs, rate.capacityUs]);
    const [allowed, ...aheadUs] = await takeFromCellsScript.run(this.redis, keys, args);
    return { allowed: allowed === 1, aheadUs };
  }

  private leave(reason: string): void {
    if (this.closed || !this.outage.begin(reason)) return;
    runOutsideContext(() => storageChanged.publish({ state: 'away', reason }));
    this.answers.giveUp();
    this.probeLater();
  }

  private comeBack(): void {
    if (this.closed || !this.outage.end()) return;
    runOutsideContext(() => storageChanged.publish({ state: 'back' }));
  }

  private probeLater(): void {
    scheduleInBackground(this.clock, () => this.probe(), PROBE_EVERY_MS);
  }

  /** Sends one probe at a time, so that they do not pile up on a Redis that hangs. */
  private probe(): void {
    if (!this.outage.isOutage || this.closed) return;
    const nowMs = this.clock.monotonic();
    if (this.probeSentMs !== undefined && nowMs - this.probeSentMs >= DEAD_AFTER_MS) {
      this.probeSentMs = undefined;
      if (this.settings.isOwn) this.redis.disconnect(true);
    }
    if (this.probeSentMs === undefined && this.redis.status === 'ready') {
      this.probeSentMs = nowMs;
      void this.sendProbe(nowMs);
    }
    this.probeLater();
  }

  private async sendProbe(sentMs: number): Promise<void> {
    try {
      await this.ask([PROBE]);
      // A later answer would be too late for a request.
      const isInTime = this.clock.monotonic() - sentMs <= this.settings.timeoutMs;
      if (isInTime) this.comeBack();
    } catch {
      // The next probe tries again.
    } finally {
      if (this.probeSentMs === sentMs) this.probeSentMs = undefined;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
