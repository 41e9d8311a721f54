import type {
  Metric,
  MetricObject,
  MetricObjectWithValues,
  MetricValue,
  MetricValueWithName,
} from 'prom-client';
import type { MetricFamily, Sample } from './metric-family.js';

interface StoredExemplar {
  readonly labelSet: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly timestamp: number;
}

type StoredValue = MetricValue<string> &
  Partial<Pick<MetricValueWithName<string>, 'metricName'>> & {
    readonly exemplar?: StoredExemplar | null;
  };

/** Reads the current values of a metric of prom-client. */
export async function readMetric(metric: MetricObject): Promise<MetricFamily> {
  const read = (await (metric as unknown as Metric).get()) as MetricObjectWithValues<StoredValue>;
  return {
    name: read.name,
    help: read.help,
    // prom-client's types declare a number here, but it is a string.
    type: String(read.type),
    samples: read.values.map((value) => toSample(read.name, value)),
  };
}

function toSample(family: string, stored: StoredValue): Sample {
  const { metricName = family, labels, value, exemplar } = stored;
  return {
    name: metricName,
    labels: labels as Sample['labels'],
    value,
    ...(exemplar && {
      exemplar: {
        labels: exemplar.labelSet,
        value: exemplar.value,
        timestamp: exemplar.timestamp,
      },
    }),
  };
}
