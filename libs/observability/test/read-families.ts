/** A metric on a page in Prometheus' text format or in OpenMetrics. */
export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly samples: readonly ReadSample[];
}

/** One line of a page. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const TYPE = /^# TYPE (\S+) (\S+)$/;
const SAMPLE = /^([\w:]+)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * Reads the metrics of a page by name. It does not check the format; promtool and Prometheus do.
 */
export function readFamilies(page: string): ReadonlyMap<string, ReadFamily> {
  const families = new Map<string, ReadFamily>();
  let samples: ReadSample[] = [];
  for (const line of page.split('\n')) {
    const [, family, type] = TYPE.exec(line) ?? [];
    if (family !== undefined)
      families.set(family, { name: family, type: type!, samples: (samples = []) });
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) continue;
    const pairs = [...labels.matchAll(LABEL)].map(([, label, text]) => [label!, text!]);
    samples.push({
      name,
      labels: Object.fromEntries(pairs),
      value: Number(value!.replace('Inf', 'Infinity')),
    });
  }
  return families;
}
