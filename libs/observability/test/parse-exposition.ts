/** A metric as a strict reader of the page sees it. */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ParsedSample[];
}

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: Readonly<Record<string, string>>;
}

const LABELS = String.raw`\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"(?:,(?!\})|(?=\})))*\}`;
const NUMBER = String.raw`(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)`;
const SAMPLE = new RegExp(
  `^([a-zA-Z_:][\\w:]*)(${LABELS})? (${NUMBER})(?: # (${LABELS}) (${NUMBER})( ${NUMBER})?)?$`,
);
const META = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped', 'unknown'];
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads a page of Prometheus' text format 0.0.4, or of OpenMetrics 1.0.0.
 *
 * @throws Error that names the line, for what either format does not allow
 */
export function parseExposition(
  text: string,
  format: 'text' | 'openmetrics' = 'text',
): ReadonlyMap<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the page does not end with a line feed');
  const lines = text.slice(0, -1).split('\n');
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('there is no # EOF');
  const families = new Map<string, { help: string; type: string; samples: ParsedSample[] }>();
  const series = new Set<string>();
  let current: string | undefined;
  lines.forEach((line, i) => {
    const fail = (why: string): never => {
      throw new Error(`line ${i + 1}: ${why}: ${line}`);
    };
    const [, kind, name, rest] = META.exec(line) ?? [];
    if (kind === 'HELP') {
      if (families.has(name!)) fail('the family is there twice');
      families.set(name!, { help: rest!, type: '', samples: [] });
      current = name!;
      return;
    }
    const family = current === undefined ? undefined : families.get(current);
    if (!family) return fail('no HELP goes before it');
    if (kind === 'TYPE') {
      if (name !== current || family.type !== '') fail('TYPE does not follow its HELP');
      if (!TYPES.includes(rest!)) fail('no such type');
      family.type = rest!;
      return;
    }
    const [, sample, labelText = '', value, exemplar] = SAMPLE.exec(line) ?? fail('no sample');
    const suffixes =
      family.type === 'counter' && format === 'openmetrics'
        ? ['_total']
        : (SUFFIXES[family.type] ?? ['']);
    if (!suffixes.some((suffix) => sample === `${current}${suffix}`)) fail('of another family');
    if (exemplar !== undefined && (format === 'text' || !/_(bucket|total)$/.test(sample!))) {
      fail('an exemplar may not stand here');
    }
    const labels = labelsOf(labelText);
    const key = `${sample} ${JSON.stringify(Object.entries(labels).sort())}`;
    if (series.has(key)) fail('the series is there twice');
    series.add(key);
    family.samples.push({
      name: sample!,
      labels,
      value: numberOf(value!),
      ...(exemplar !== undefined && { exemplar: labelsOf(exemplar) }),
    });
  });
  const parsed = [...families].map(([name, family]) => [name, { name, ...family }] as const);
  for (const [, family] of parsed) checkFamily(family);
  return new Map(parsed);
}

function checkFamily({ name, type, samples }: ParsedFamily): void {
  if (type === '') throw new Error(`${name} has no TYPE`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) {
    throw new Error(`the counter ${name} is below zero`);
  }
  if (type === 'histogram') checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly ParsedSample[]): void {
  const bySeries = new Map<string, ParsedSample[]>();
  for (const sample of samples) {
    const { le: _, ...rest } = sample.labels;
    const key = JSON.stringify(Object.entries(rest).sort());
    bySeries.set(key, [...(bySeries.get(key) ?? []), sample]);
  }
  for (const [key, ofSeries] of bySeries) {
    const buckets = ofSeries.filter((sample) => sample.name.endsWith('_bucket'));
    const count = ofSeries.find((sample) => sample.name.endsWith('_count'))?.value;
    const bounds = buckets.map(({ labels }) => numberOf(labels['le'] ?? ''));
    const rises = (values: readonly number[]): boolean =>
      values.every((value, i) => i === 0 || value >= values[i - 1]!);
    const isWhole =
      rises(bounds) &&
      rises(buckets.map(({ value }) => value)) &&
      bounds.at(-1) === Infinity &&
      buckets.at(-1)?.value === count &&
      ofSeries.length === buckets.length + 2;
    if (!isWhole) throw new Error(`the histogram ${name}${key} is not whole`);
  }
}

function labelsOf(text: string): Record<string, string> {
  const entries = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(
    entries.map(([, name, value]) => [
      name!,
      value!.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)),
    ]),
  );
}

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
