import { repositoryRoot } from '@loyalnest/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Metric families with their type, such as `histogram`. */
export type Families = ReadonlyMap<string, string>;

/** The families that the services at these URLs serve. */
export async function servedFamilies(urls: readonly string[]): Promise<Families> {
  const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  const types = texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]);
  return new Map(types.map(([, name, kind]) => [name!, kind!]));
}

/** The family of a metric in an expression. For a histogram, only its parts belong to a family. */
export function familyOf(metric: string, served: Families): string | undefined {
  const kind = served.get(metric);
  if (kind !== undefined) return kind === 'histogram' ? undefined : metric;
  const histogram = metric.replace(/_(bucket|sum|count)$/, '');
  return served.get(histogram) === 'histogram' ? histogram : undefined;
}

/** The full names of the metrics in the tables of the page `metrics.md`. */
export async function listedFamilies(served: Families): Promise<readonly string[]> {
  const page = join(repositoryRoot(), 'libs/observability/docs/metrics.md');
  const text = await readFile(page, 'utf8');
  const section = /\n## List of metrics\n([^]*?)\n## /.exec(text)?.[1] ?? '';
  return [...section.matchAll(/^\| (`[^|]+?) +\|/gm)]
    .flatMap(([, cell]) => [...cell!.matchAll(/`([a-z0-9_*{},]+)`/g)])
    .flatMap(([, name]) => writtenOut(name!))
    .map((name) => (name.startsWith('_') ? `loyalnest${name}` : name))
    .flatMap((name) => {
      if (!name.endsWith('*')) return [name];
      const some = [...served.keys()].filter((one) => one.startsWith(name.slice(0, -1)));
      if (some.length === 0) throw new Error(`no served metric matches ${name}`);
      return some;
    });
}

/** Expands `a_{b,c}_d` to `a_b_d` and `a_c_d`. */
function writtenOut(name: string): readonly string[] {
  const [, before, choices, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
  if (choices === undefined) return [name];
  return choices.split(',').map((choice) => `${before}${choice}${after}`);
}
