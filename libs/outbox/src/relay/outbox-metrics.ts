import { OBSERVE_METRICS, type Measurement, type MetricSource } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { OutboxStore } from '../outbox-store.js';

/** Maximum number of rows to count. A longer backlog is reported as this many. */
const MAX_ROWS = 10_000;

/** Reports how far the relay is behind. All instances report the same, because they share the table. */
@Injectable()
export class OutboxMetrics implements MetricSource {
  readonly metricSource = 'outbox';

  constructor(private readonly store: OutboxStore) {}

  async [OBSERVE_METRICS](): Promise<readonly Measurement[]> {
    const { unpublished, unconfirmed, lagMs } = await this.store.backlog(MAX_ROWS);
    const pending = { unpublished, unconfirmed };
    return [
      {
        name: 'loyalnest_outbox_lag_seconds',
        help: 'Age of the oldest unpublished event; 0 if there is none',
        value: lagMs / 1_000,
      },
      ...Object.entries(pending).map(([state, value]) => ({
        name: 'loyalnest_outbox_pending_events',
        help: `Events that are unpublished, or whose job has not ended; at most ${MAX_ROWS}`,
        value,
        labels: { state },
      })),
    ];
  }
}
