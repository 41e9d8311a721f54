import type { MetricFamily, Sample } from './metric-family.js';

/** The formats that Prometheus can request with its `Accept` header. */
export type ExpositionFormat = 'text' | 'openmetrics';

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

const TOTAL = /_total$/;

/**
 * Writes metrics in Prometheus' text format, or as OpenMetrics with exemplars.
 *
 * @param common labels of every series; a label of the series itself takes precedence
 */
export function writeExposition(
  families: readonly MetricFamily[],
  format: ExpositionFormat,
  common: Readonly<Record<string, string>>,
): string {
  const lines: string[] = [];
  for (const family of families) {
    const openCounter = format === 'openmetrics' && family.type === 'counter';
    // OpenMetrics omits the suffix in the name of a counter's family, but not in its samples.
    const name = openCounter ? family.name.replace(TOTAL, '') : family.name;
    lines.push(
      `# HELP ${name} ${format === 'text' ? escapeHelp(family.help) : escapeValue(family.help)}`,
      `# TYPE ${name} ${format === 'openmetrics' && family.type === 'untyped' ? 'unknown' : family.type}`,
    );
    for (const sample of family.samples) {
      const sampleName = openCounter ? `${name}_total` : sample.name;
      lines.push(writeSample(sampleName, sample, format, common));
    }
  }
  if (format === 'openmetrics') lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

function writeSample(
  name: string,
  { labels, value, exemplar }: Sample,
  format: ExpositionFormat,
  common: Readonly<Record<string, string>>,
): string {
  const line = `${name}${writeLabels({ ...common, ...labels })} ${writeNumber(value)}`;
  if (format === 'text' || !exemplar) return line;
  const { labels: trace, value: observed, timestamp } = exemplar;
  return `${line} # ${writeLabels(trace) || '{}'} ${writeNumber(observed)} ${timestamp}`;
}

/** Omits empty values: for Prometheus they equal a missing label. */
function writeLabels(labels: Readonly<Record<string, string | number>>): string {
  let text = '';
  for (const name in labels) {
    const value = labels[name];
    if (value === undefined || value === '') continue;
    text += `${text === '' ? '' : ','}${name}="${escapeValue(String(value))}"`;
  }
  return text === '' ? '' : `{${text}}`;
}

function writeNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return SPECIAL.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text;
}

const SPECIAL = /[\\"\n]/;
