import type { Measurement } from '@loyalnest/core';
import type { MetricFamily, Sample } from './metric-family.js';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Refuses what would make the whole page unreadable. @throws TypeError that names it */
export function checkMeasurement({ name, value, labels = {} }: Measurement): void {
  if (!NAME.test(name)) throw new TypeError(`${name} is no name of a metric`);
  if (typeof value !== 'number') throw new TypeError(`${name} is ${typeof value}, not a number`);
  for (const label of Object.keys(labels)) {
    if (!LABEL.test(label)) throw new TypeError(`${label} of ${name} is no name of a label`);
  }
}

/**
 * Puts measurements together by their names. A series that is there twice keeps its first value.
 *
 * @param maxSeries of one name; what is over is left out
 * @param leftOut told the name for each that is left out
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
