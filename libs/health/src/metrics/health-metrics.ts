import {
  OBSERVE_METRICS,
  type HealthStatus,
  type Measurement,
  type MetricSource,
} from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import { HealthSampler } from '../health-sampler.js';
import { HealthTransitions } from '../health-transitions.js';

const STATUSES: readonly HealthStatus[] = ['up', 'degraded', 'down'];

/** Exposes the latest sample as metrics. A scrape reads memory only and contacts no dependency. */
@Injectable()
export class HealthMetrics implements MetricSource {
  readonly metricSource = 'health';

  constructor(
    private readonly sampler: HealthSampler,
    private readonly transitions: HealthTransitions,
  ) {}

  [OBSERVE_METRICS](): readonly Measurement[] {
    const { isReady, sampleAgeMs } = this.sampler;
    return [
      {
        name: 'loyalnest_health_ready',
        help: 'Whether the service is ready for new requests: 1 or 0',
        value: isReady ? 1 : 0,
      },
      ...(sampleAgeMs === undefined ? [] : [ageOf(sampleAgeMs)]),
      ...this.checks(),
      ...this.transitions.counts().map(({ check, to, count }) => ({
        name: 'loyalnest_health_transitions_total',
        help: 'Number of changes of a check to this status',
        kind: 'counter' as const,
        value: count,
        labels: { check, to },
      })),
    ];
  }

  private checks(): readonly Measurement[] {
    return this.sampler.samples().flatMap(({ check, sample }) => [
      ...STATUSES.map((status) => ({
        name: 'loyalnest_health_check_status',
        help: 'Whether a check has this status: 1 or 0',
        value: sample.status === status ? 1 : 0,
        labels: { check, status },
      })),
      {
        name: 'loyalnest_health_check_duration_seconds',
        help: 'Duration of the latest run of a check',
        value: sample.durationMs / 1_000,
        labels: { check },
      },
    ]);
  }
}

function ageOf(sampleAgeMs: number): Measurement {
  return {
    name: 'loyalnest_health_sample_age_seconds',
    help: 'Time since the latest sample of the checks',
    value: sampleAgeMs / 1_000,
  };
}
