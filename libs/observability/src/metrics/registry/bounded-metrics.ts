import type { Counter, Gauge, Histogram, ObserveDataWithExemplar } from 'prom-client';
import type { SeriesCap } from './series-cap.js';

type LabelsOf<Label extends string> = Readonly<Record<Label, string>>;

/** The trace that an observation belongs to. */
export interface Exemplar {
  readonly trace_id: string;
  readonly span_id: string;
}

/** A counter with a limited number of series. */
export class BoundedCounter<Label extends string> {
  constructor(
    private readonly counter: Counter<Label>,
    private readonly cap: SeriesCap<Label>,
  ) {}

  add(labels: LabelsOf<Label>, value = 1): void {
    this.counter.inc(this.cap.admit(labels), value);
  }
}

/** A gauge with a limited number of series. */
export class BoundedGauge<Label extends string> {
  constructor(
    private readonly gauge: Gauge<Label>,
    private readonly cap: SeriesCap<Label>,
  ) {}

  set(labels: LabelsOf<Label>, value: number): void {
    this.gauge.set(this.cap.admit(labels), value);
  }
}

/**
 * A histogram with a limited number of series. Values are in the unit that the metric's name ends
 * with.
 */
export class BoundedHistogram<Label extends string> {
  constructor(
    private readonly histogram: Histogram<Label>,
    private readonly cap: SeriesCap<Label>,
  ) {}

  observe(labels: LabelsOf<Label>, value: number, exemplar?: Exemplar): void {
    const observed = {
      labels: this.cap.admit(labels),
      value,
      ...(exemplar && { exemplarLabels: { ...exemplar } }),
    };
    // prom-client's types require an exemplar to have the labels of the metric.
    this.histogram.observe(observed as ObserveDataWithExemplar<Label>);
  }
}
