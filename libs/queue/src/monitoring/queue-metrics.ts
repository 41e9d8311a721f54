import {
  OBSERVE_METRICS,
  SystemClock,
  type Clock,
  type Measurement,
  type MetricSource,
} from '@loyalnest/core';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { QueueConnection } from '../connection/queue-connection.js';
import { DeadLetterKeys } from '../dead-letter/dead-letter-keys.js';
import { DEAD_LETTER_REASONS } from '../dead-letter/dead-letter.js';
import { QueueRegistry } from '../queue-registry.js';
import { MODULE_OPTIONS_TOKEN } from '../queue.module-definition.js';
import type { QueueModuleOptions } from '../queue.options.js';
import { readPipeline } from '../redis/read-pipeline.js';
import { JOB_STATES } from './job-states.js';
import { oldestWaiting } from './oldest-waiting.js';

/**
 * Measures depths and ages of the application's queues. All instances report the same values, because
 * they share the queues. It runs a few commands for each queue, however many jobs the queue holds, and
 * fails at once if Redis is unavailable.
 */
@Injectable()
export class QueueMetrics implements MetricSource {
  readonly metricSource = 'queue';
  private readonly clock: Clock;

  constructor(
    private readonly registry: QueueRegistry,
    private readonly connection: QueueConnection,
    @Inject(MODULE_OPTIONS_TOKEN) options: QueueModuleOptions,
  ) {
    this.clock = options.clock ?? new SystemClock();
  }

  async [OBSERVE_METRICS](): Promise<readonly Measurement[]> {
    const queues = this.registry.all().map(({ bull }) => this.observe(bull));
    return (await Promise.all(queues)).flat();
  }

  private async observe(bull: Queue): Promise<readonly Measurement[]> {
    const { name: queue } = bull;
    const { producer: redis } = this.connection;
    const [counts, isPaused, oldest, reasons] = await Promise.all([
      bull.getJobCounts(...JOB_STATES),
      bull.isPaused(),
      oldestWaiting({ bull, redis, clock: this.clock }),
      this.deadLetters(bull),
    ]);
    return [
      ...JOB_STATES.map((state) => ({
        name: 'loyalnest_queue_jobs',
        help: 'Jobs of a queue by their state; failed ones are dead letters',
        value: counts[state] ?? 0,
        labels: { queue, state },
      })),
      {
        name: 'loyalnest_queue_paused',
        help: 'Whether a queue is paused for all workers: 1 or 0',
        value: isPaused ? 1 : 0,
        labels: { queue },
      },
      {
        name: 'loyalnest_queue_oldest_waiting_seconds',
        help: 'Time since the oldest waiting job could have run; 0 if no job waits',
        value: oldest === undefined ? 0 : this.ageSeconds(oldest),
        labels: { queue },
      },
      ...reasons.flatMap(({ reason, count, oldestMs }) => [
        {
          name: 'loyalnest_dead_letters',
          help: 'Dead letters by their reason',
          value: count,
          labels: { queue, reason },
        },
        {
          name: 'loyalnest_dead_letters_oldest_seconds',
          help: 'Age of the oldest dead letter; 0 if there is none',
          value: oldestMs === undefined ? 0 : this.ageSeconds(oldestMs),
          labels: { queue, reason },
        },
      ]),
    ];
  }

  /** Reads the index without updating it: an update may take longer than a scrape may. */
  private async deadLetters(bull: Queue) {
    const keys = new DeadLetterKeys(bull);
    const pipeline = this.connection.producer.pipeline();
    for (const reason of DEAD_LETTER_REASONS) {
      const key = keys.reason(reason);
      pipeline.zcard(key).zrange(key, 0, 0, 'WITHSCORES');
    }
    const replies = await readPipeline<unknown>(pipeline);
    return DEAD_LETTER_REASONS.map((reason, i) => {
      const [count, first] = replies.slice(2 * i, 2 * i + 2) as [number, readonly string[]];
      return { reason, count, oldestMs: first[1] === undefined ? undefined : Number(first[1]) };
    });
  }

  private ageSeconds(sinceMs: number): number {
    return Math.max(0, this.clock.now() - sinceMs) / 1_000;
  }
}
