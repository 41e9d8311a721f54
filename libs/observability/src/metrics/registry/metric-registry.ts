import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, type OpenMetricsContentType } from 'prom-client';
import { MODULE_OPTIONS_TOKEN } from '../metrics.module-definition.js';
import { resolveMetricsOptions, type MetricsModuleOptions } from '../metrics.options.js';
import { BoundedCounter, BoundedGauge, BoundedHistogram } from './bounded-metrics.js';
import { SeriesCap } from './series-cap.js';

/** Name, help text and labels of a metric. */
export interface MetricDefinition<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

/** A {@link MetricDefinition} with upper bounds of its buckets. */
export interface HistogramDefinition<Label extends string> extends MetricDefinition<Label> {
  readonly buckets: readonly number[];
}

/**
 * The metrics of one application; two applications in one process share none. A metric has at most
 * `maxSeries` series, plus one for the overflow.
 */
@Injectable()
export class MetricRegistry {
  readonly registry = new Registry<OpenMetricsContentType>();
  private readonly maxSeries: number;
  private readonly overflow: Counter<'metric'>;

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: MetricsModuleOptions) {
    this.maxSeries = resolveMetricsOptions(options).maxSeries;
    // Histograms keep exemplars only with this type. Each scrape still chooses its own format.
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    this.overflow = new Counter({
      name: 'loyalnest_metric_overflow_total',
      help: 'Values that were added to the overflow series, because their metric has too many series',
      labelNames: ['metric'],
      registers: [this.registry],
    });
  }

  counter<Label extends string>(definition: MetricDefinition<Label>): BoundedCounter<Label> {
    const counter = new Counter({ ...this.described(definition) });
    return new BoundedCounter(counter, this.capOf(definition));
  }

  gauge<Label extends string>(definition: MetricDefinition<Label>): BoundedGauge<Label> {
    return new BoundedGauge(new Gauge({ ...this.described(definition) }), this.capOf(definition));
  }

  histogram<Label extends string>(definition: HistogramDefinition<Label>): BoundedHistogram<Label> {
    const histogram = new Histogram({
      ...this.described(definition),
      buckets: [...definition.buckets],
      enableExemplars: true,
    });
    return new BoundedHistogram(histogram, this.capOf(definition));
  }

  /** Counts a value of `metric` that got no series of its own. */
  noteOverflow(metric: string): void {
    this.overflow.inc({ metric });
  }

  private described<Label extends string>({ name, help, labels }: MetricDefinition<Label>) {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }

  private capOf<Label extends string>({ name, labels }: MetricDefinition<Label>) {
    return new SeriesCap<Label>(labels, this.maxSeries, () => this.noteOverflow(name));
  }
}
