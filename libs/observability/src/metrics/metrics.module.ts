import { Module, type DynamicModule } from '@nestjs/common';
import {
  makeCounterProvider,
  makeHistogramProvider,
  PrometheusModule,
} from '@willsoto/nestjs-prometheus';
import { CIRCUIT_TRANSITIONS, EventMetrics, JOB_DURATION } from './event-metrics.js';
import { ProcessMetrics } from './process-metrics.js';

export interface MetricsModuleOptions {
  /** On every series. */
  readonly service: string;
  /** @defaultValue '/metrics' */
  readonly path?: string;
}

/** `GET /metrics` for Prometheus: the process, the jobs and the circuits. Import it once. */
@Module({})
export class MetricsModule {
  static forRoot({ service, path = '/metrics' }: MetricsModuleOptions): DynamicModule {
    return {
      module: MetricsModule,
      imports: [
        PrometheusModule.register({
          path,
          defaultLabels: { service },
          defaultMetrics: { enabled: false },
        }),
      ],
      providers: [
        ProcessMetrics,
        EventMetrics,
        makeHistogramProvider({
          name: JOB_DURATION,
          help: 'Time a run of a job took',
          labelNames: ['job', 'outcome'],
          buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30],
        }),
        makeCounterProvider({
          name: CIRCUIT_TRANSITIONS,
          help: 'Changes of state of circuit breakers',
          labelNames: ['policy', 'to'],
        }),
      ],
    };
  }
}
