import type { Measurement } from '@loyalnest/core';
import type { MetricFamily, Sample } from './metric-family.js';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Rejects a measurement that would make the whole page unreadable. @throws TypeError that names it
 */
export function checkMeasurement({ name, value, labels = {} }: Measurement): void {
  if (!NAME.test(name)) throw new TypeError(`'${name}' is not a valid metric name`);
  if (typeof value !== 'number')
    throw new TypeError(`the value of ${name} is a ${typeof value}; use a number`);
  for (const label of Object.keys(labels)) {
    if (!LABEL.test(label)) throw new TypeError(`'${label}' of ${name} is not a valid label name`);
  }
}

/**
 * Groups measurements by name. If a series occurs twice, its first value is kept.
 *
 * @param maxSeries maximum number of series of one name; further ones are left out
 * @param leftOut called with the name for each series that is left out
 */
export function toFamilies(
  measurements: readonly Measurement[],
  maxSeries: number,
  leftOut: (name: string) => void,
): readonly MetricFamily[] {
  const families = new Map<string, { help: string; type: string; series: Map<string, Sample> }>();
  for (const { name, help, kind: type = 'gauge', value, labels = {} } of measurements) {
    let family = families.get(name);
    if (!family) families.set(name, (family = { help, type, series: new Map() }));
    const key = JSON.stringify(Object.entries(labels).sort());
    if (family.series.has(key)) continue;
    if (family.series.size >= maxSeries) leftOut(name);
    else family.series.set(key, { name, labels, value });
  }
  return [...families].map(([name, { help, type, series }]) => ({
    name,
    help,
    type,
    samples: [...series.values()],
  }));
}
