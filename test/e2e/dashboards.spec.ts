import {
  eventually,
  isPrometheusAvailable,
  PrometheusServer,
  repositoryRoot,
  type QueriedSeries,
} from '@loyalnest/testing';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { busyHour, PER_IP, TRACE } from './dashboards/busy-hour.js';
import {
  ALL,
  asked,
  labelsOf,
  metricsOf,
  panelQueries,
  withoutZeros,
  type PanelQuery,
} from './dashboards/panel-query.js';
import { RareApp, RARE_SERVICE } from './dashboards/rare-app.js';
import { APPS, SampleStack } from './sample-stack.js';

/** Metrics that are on no panel, and why. */
const LEFT_OUT: readonly (readonly [name: RegExp, why: string])[] = [
  [/^nodejs_heap_(space_|size_total)/, 'says where memory is, not that there is too little'],
  [/^process_(virtual_memory|heap)_bytes$/, 'is no memory that could run out'],
  [/^process_cpu_(user|system)_seconds_total$/, 'a part of the CPU that is shown'],
  [/^process_start_time_seconds$/, 'the time up is shown'],
];

const queries = panelQueries();
let stack: SampleStack;
let rare: RareApp;
let prometheus: PrometheusServer;
let busy: Promise<unknown>;
/** Families that are served now, with their kind. */
let families: () => Promise<ReadonlyMap<string, string>>;
/** Those that were served once all of it had happened. */
let served: ReadonlyMap<string, string>;

(isPrometheusAvailable() ? describe : describe.skip)('the dashboards', () => {
  beforeAll(async () => {
    const limits = { RATE_LIMIT_PER_IP: String(PER_IP) };
    stack = await SampleStack.start({ environment: limits });
    rare = await RareApp.start(stack.redis.url);
    const targets = [
      ...APPS.map((app) => ({ app, url: stack.urlOf(app) })),
      { app: RARE_SERVICE, url: rare.url },
    ];
    // Named as deploy/prometheus does it.
    prometheus = await PrometheusServer.start({
      targets: targets.map(({ app, url }) => ({ job: app, url, labels: { instance: app } })),
    });
    const isScraped = async (): Promise<boolean> =>
      (await prometheus.query('up == 1')).length === targets.length;
    await eventually(isScraped, { within: '20s', every: '200ms' });
    busy = Promise.all([busyHour(stack), rare.drive()]);
    busy.catch(() => undefined);
    families = async () => new Map((await Promise.all(targets.map(familiesOf))).flat());
  }, 120_000);
  afterAll(async () => {
    await prometheus?.stop();
    await rare?.stop();
    await stack?.stop();
  }, 60_000);

  it('show data in every panel, each series under a name of its own', async () => {
    let empty = queries.filter(({ isQuiet }) => !isQuiet);
    // Some values are of the last ten seconds: each query has to show something once.
    const look = async (): Promise<void> => {
      const problems = await Promise.all(empty.map(problemWith));
      empty = empty.filter((_, i) => problems[i] !== undefined);
      expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    };
    await eventually(look, { within: '45s', every: '500ms' });
    await busy;
    served = await families();
  }, 60_000);

  it('have few panels that are empty where all is well, and Prometheus accepts those too', async () => {
    const quiet = queries.filter(({ isQuiet }) => isQuiet);
    expect(quiet.map(({ panel }) => panel)).toEqual(['Workers that went silent']);
    for (const { expr } of quiet) await prometheus.query(asked(expr, ALL));
  });

  it('show the chosen services and instances alone', async () => {
    const choices = [
      { service: '(points-service|api-gateway)', instance: '.*' },
      { service: '.*', instance: 'points-service' },
    ];
    for (const choice of choices) {
      for (const { where, expr } of queries) {
        const series = await prometheus.query(asked(expr, choice));
        const services = series.map(({ labels }) => labels['service']);
        const others = services.filter(
          (name) => name !== undefined && !/^(points-service|api-gateway)$/.test(name),
        );
        expect({ where, others }).toEqual({ where, others: [] });
      }
    }
  });

  it('lead from times of requests to their traces', async () => {
    const withExemplars = queries.filter(({ hasExemplars }) => hasExemplars);
    expect(withExemplars).not.toEqual([]);
    for (const { expr } of withExemplars) {
      const exemplars = await prometheus.exemplars(asked(expr, ALL));
      expect(exemplars.map(({ labels }) => labels['trace_id'])).toContain(TRACE);
    }
  });

  it('name metrics that are served, and none but histograms have buckets', () => {
    const unknown = queries.flatMap(({ where, expr }) =>
      metricsOf(expr)
        .filter((name) => familyOf(name) === undefined)
        .map((name) => `${where}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('leave out no metric of the README without a reason', async () => {
    const shown = new Set(queries.flatMap(({ expr }) => metricsOf(expr)).map(familyOf));
    const listed = await listedInReadme();
    const missing = listed.filter(
      (name) => !shown.has(name) && !LEFT_OUT.some(([pattern]) => pattern.test(name)),
    );
    expect(missing).toEqual([]);
    const needless = LEFT_OUT.filter(([pattern]) => !listed.some((name) => pattern.test(name)));
    expect(needless).toEqual([]);
  });
});

async function familiesOf({
  url,
}: {
  url: string;
}): Promise<readonly (readonly [string, string])[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name!, kind!]);
}

/** The family of a metric in an expression; a histogram is never read as a whole. */
function familyOf(metric: string): string | undefined {
  const kind = served.get(metric);
  if (kind !== undefined) return kind === 'histogram' ? undefined : metric;
  const histogram = metric.replace(/_(bucket|sum|count)$/, '');
  return served.get(histogram) === 'histogram' ? histogram : undefined;
}

async function problemWith({ where, expr, legend }: PanelQuery): Promise<string | undefined> {
  const whole = await prometheus.query(asked(expr, ALL));
  const part = await prometheus.query(asked(withoutZeros(expr), ALL));
  const series = [...whole, ...part];
  if (part.length === 0) return `${where}: no series of ${withoutZeros(expr)}`;
  if (whole.length === 0) return `${where}: no series of ${expr}`;
  if (series.some(({ value }) => !Number.isFinite(value))) return `${where}: not a number`;
  const names = whole.map(({ labels }) => nameOf(legend, labels));
  const nameless = names.find((name) => name.includes('{{'));
  if (nameless !== undefined) return `${where}: there is no label for ${nameless}`;
  return new Set(names).size < names.length ? `${where}: series of one name` : undefined;
}

/** As Grafana names a series; a label that it does not have stays as it is written. */
function nameOf(legend: string, labels: QueriedSeries['labels']): string {
  return labelsOf(legend).reduce(
    (name, label) => name.replaceAll(`{{${label}}}`, labels[label] || `{{${label}}}`),
    legend,
  );
}

/** The metrics in the first column of the table, written out in full. */
async function listedInReadme(): Promise<readonly string[]> {
  const text = await readFile(join(repositoryRoot(), 'libs/observability/README.md'), 'utf8');
  const section = /\n## Metrics\n([^]*?)\n## /.exec(text)?.[1] ?? '';
  const cells = [...section.matchAll(/^\| (`[^|]+?) +\|/gm)].map(([, cell]) => cell!);
  const names = cells
    .flatMap((cell) => [...cell.matchAll(/`([a-z_*{},]+)`/g)])
    .flatMap(([, name]) => writtenOut(name!))
    .map((name) => (name.startsWith('_') ? `loyalnest${name}` : name));
  expect(names.length).toBeGreaterThan(50);
  return names.flatMap((name) => {
    if (!name.endsWith('*')) return [name];
    const some = [...served.keys()].filter((one) => one.startsWith(name.slice(0, -1)));
    expect({ name, some: some.length > 0 }).toEqual({ name, some: true });
    return some;
  });
}

/** `a_{b,c}_d` is `a_b_d` and `a_c_d`. */
function writtenOut(name: string): readonly string[] {
  const [, before, choices, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
  if (choices === undefined) return [name];
  return choices.split(',').map((choice) => `${before}${choice}${after}`);
}
