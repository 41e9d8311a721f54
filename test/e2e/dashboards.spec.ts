import { eventually, isPrometheusAvailable, PrometheusServer } from '@loyalnest/testing';
import { busyHour, PER_IP, TRACE } from './dashboards/busy-hour.js';
import {
  familyOf,
  listedFamilies,
  servedFamilies,
  type Families,
} from './dashboards/metric-families.js';
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

/** Metrics without a panel, and the reason. */
const LEFT_OUT: readonly (readonly [name: RegExp, why: string])[] = [
  [/^nodejs_heap_(space_|size_total)/, 'shows where memory is, not whether it runs out'],
  [/^process_(virtual_memory|heap)_bytes$/, 'this memory cannot run out'],
  [/^process_cpu_(user|system)_seconds_total$/, 'part of the CPU time that a panel shows'],
  [/^process_start_time_seconds$/, 'a panel shows the uptime'],
];
/** Labels that Prometheus adds to every series. */
const OF_THE_TARGET: ReadonlySet<string> = new Set(['job', '__name__']);

const queries = panelQueries();
let stack: SampleStack;
let rare: RareApp;
let prometheus: PrometheusServer;
let busy: Promise<unknown>;
/** The families that were served after the busy hour. */
let served: Promise<Families>;

(isPrometheusAvailable() ? describe : describe.skip)('the dashboards', () => {
  beforeAll(async () => {
    const limits = { RATE_LIMIT_PER_IP: String(PER_IP) };
    stack = await SampleStack.start({ environment: limits });
    rare = await RareApp.start(stack.redis.url);
    const targets = [
      ...APPS.map((app) => ({ app, url: stack.urlOf(app) })),
      { app: RARE_SERVICE, url: rare.url },
    ];
    // The same labels as in deploy/prometheus.
    prometheus = await PrometheusServer.start({
      targets: targets.map(({ app, url }) => ({ job: app, url, labels: { instance: app } })),
    });
    const isScraped = async (): Promise<boolean> =>
      (await prometheus.query('up == 1')).length === targets.length;
    await eventually(isScraped, { within: '20s', every: '200ms' });
    busy = Promise.all([busyHour(stack), rare.drive()]);
    served = busy.then(() => servedFamilies(targets.map(({ url }) => url)));
    // The tests that need it await it.
    served.catch(() => undefined);
  }, 120_000);
  afterAll(async () => {
    await prometheus?.stop();
    await rare?.stop();
    await stack?.stop();
  }, 60_000);

  it('show data in every panel, with a legend that distinguishes its series', async () => {
    let empty = queries.filter(({ isQuiet }) => !isQuiet);
    // Some values only cover the last ten seconds, so each query must show data at least once.
    const look = async (): Promise<void> => {
      const problems = await Promise.all(empty.map(problemWith));
      empty = empty.filter((_, i) => problems[i] !== undefined);
      expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    };
    await eventually(look, { within: '45s', every: '500ms' });
    await busy;
  }, 60_000);

  it('have only one panel that may be empty, and Prometheus accepts its queries', async () => {
    const quiet = queries.filter(({ isQuiet }) => isQuiet);
    expect(quiet.map(({ panel }) => panel)).toEqual(['Stalled jobs']);
    for (const { expr } of quiet) await prometheus.query(asked(expr, ALL));
  });

  it('show only the chosen services and instances', async () => {
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

  it('use no label that Prometheus reserves for its targets', async () => {
    expect(await prometheus.query('{exported_job!=""} or {exported_instance!=""}')).toEqual([]);
  });

  it('link from request durations to traces', async () => {
    const withExemplars = queries.filter(({ hasExemplars }) => hasExemplars);
    expect(withExemplars).not.toEqual([]);
    for (const { expr } of withExemplars) {
      const exemplars = await prometheus.exemplars(asked(expr, ALL));
      expect(exemplars.map(({ labels }) => labels['trace_id'])).toContain(TRACE);
    }
  });

  it('show zero ready instances for a service that was killed', async () => {
    const { expr } = queries.find(({ panel }) => panel === 'Ready instances')!;
    await stack.apps.get('partner-simulator')!.kill();
    const isGone = async (): Promise<void> => {
      const series = await prometheus.query(asked(expr, ALL));
      const ready = series.map(({ labels, value }) => [labels['service'], value]);
      expect(ready).toContainEqual(['partner-simulator', 0]);
      expect(ready).toContainEqual(['points-service', 1]);
    };
    await eventually(isGone, { within: '10s' });
  });

  it('use only metrics that a service serves', async () => {
    const families = await served;
    const unknown = queries.flatMap(({ where, expr }) =>
      metricsOf(expr)
        .filter((name) => familyOf(name, families) === undefined)
        .map((name) => `${where}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('show every metric of the docs, or give a reason', async () => {
    const families = await served;
    const names = queries.flatMap(({ expr }) => metricsOf(expr));
    const shown = new Set(names.map((name) => familyOf(name, families)));
    const listed = await listedFamilies(families);
    expect(listed.length).toBeGreaterThan(50);
    const missing = listed.filter(
      (name) => !shown.has(name) && !LEFT_OUT.some(([pattern]) => pattern.test(name)),
    );
    expect(missing).toEqual([]);
    const needless = LEFT_OUT.filter(([pattern]) => !listed.some((name) => pattern.test(name)));
    expect(needless).toEqual([]);
  });
});

async function problemWith({ where, expr, legend }: PanelQuery): Promise<string | undefined> {
  const whole = await prometheus.query(asked(expr, ALL));
  const part = await prometheus.query(asked(withoutZeros(expr), ALL));
  if (part.length === 0) return `${where}: no series of ${withoutZeros(expr)}`;
  if ([...whole, ...part].some(({ value }) => !Number.isFinite(value)))
    return `${where}: a value is not finite`;
  const named = labelsOf(legend);
  const known = new Set(part.flatMap(({ labels }) => Object.keys(labels)));
  const unknown = named.find((label) => !known.has(label));
  if (unknown !== undefined) return `${where}: no series has the label ${unknown}`;
  const hidden = [...known].find((label) => !named.includes(label) && !OF_THE_TARGET.has(label));
  return hidden === undefined ? undefined : `${where}: the legend does not show ${hidden}`;
}
