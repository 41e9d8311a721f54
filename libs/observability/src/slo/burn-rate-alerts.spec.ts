import { isPromtoolAvailable } from '@loyalnest/testing';
import { counter, PROMTOOL_TIMEOUT_MS, testRules, type Stretch } from '../../test/promtool.js';
import { burnRateRules, type BurnRateRulesOptions, type ServiceLevelObjective } from './index.js';

jest.setTimeout(PROMTOOL_TIMEOUT_MS);
const describeRules = isPromtoolAvailable() ? describe : describe.skip;

const HOUR = 60;
const DAY = 24 * HOUR;
const answered: ServiceLevelObjective = {
  name: 'answered',
  kind: 'availability',
  service: 'shop',
  routes: ['/orders'],
  objective: 0.999,
};
const calculated: ServiceLevelObjective = {
  name: 'calculated',
  kind: 'job-success',
  service: 'shop',
  jobs: ['points.calculate'],
  objective: 0.999,
};

const requests = (status: number, instance = 'a', route = '/orders') =>
  'http_server_request_duration_seconds_count' +
  `{service="shop",instance="${instance}",http_route="${route}",http_request_method="GET",` +
  `http_response_status_code="${status}"}`;
const jobs = (outcome: string) =>
  'loyalnest_job_attempts_count{service="shop",instance="a",job="shop",' +
  `exported_job="points.calculate",outcome="${outcome}"}`;
const PROCESS = 'service_build_info{service="shop",instance="a"}';

type Severity = 'page' | 'ticket';

interface Case {
  readonly objective?: ServiceLevelObjective;
  readonly options?: BurnRateRulesOptions;
  readonly series: Readonly<Record<string, string>>;
  readonly evaluateEvery?: string;
  /** Which severities fire, by the time. */
  readonly fires: Readonly<Record<string, readonly Severity[]>>;
}

const firing = async ({ objective = answered, options, fires, ...test }: Case): Promise<void> =>
  testRules(burnRateRules([objective], options), {
    ...test,
    expect: Object.entries(fires).map(([at, severities]) => ({
      expr: 'group by (severity) (ALERTS{alertname="ErrorBudgetBurn",alertstate="firing"})',
      at,
      gives: Object.fromEntries(severities.map((severity) => [`{severity="${severity}"}`, 1])),
    })),
  });

/** A thousand requests a minute, of which so many times the budget fail. */
function burning(...stretches: readonly { readonly minutes: number; readonly factor: number }[]) {
  const failed = ({ factor }: { factor: number }): number => factor * 1_000 * 0.001;
  const of = (perMinute: (stretch: { factor: number }) => number): readonly Stretch[] =>
    stretches.map(({ minutes, factor }) => ({ minutes, perMinute: perMinute({ factor }) }));
  return {
    [requests(200)]: counter(...of((stretch) => 1_000 - failed(stretch))),
    [requests(500)]: counter(...of(failed)),
  };
}

describeRules('how fast the budget goes', () => {
  it('pages within three minutes when every request fails', () =>
    firing({
      series: burning({ minutes: 6 * HOUR, factor: 0 }, { minutes: 10, factor: 1_000 }),
      fires: { '359m': [], '363m': ['page', 'ticket'] },
    }));

  it.each([
    { factor: 14, minutes: 2 * HOUR, pages: false },
    { factor: 15, minutes: HOUR + 5, pages: true },
    { factor: 5.9, minutes: 8 * HOUR, pages: false },
    { factor: 6.2, minutes: 6 * HOUR + 5, pages: true },
  ])(
    'pages: $pages, after $minutes minutes at $factor times the even rate',
    async ({ factor, minutes, pages }) => {
      const rules = burnRateRules([answered]);
      const pageOnly = {
        groups: rules.groups.map(({ name, rules: all }) => ({
          name,
          rules: all.filter(({ labels }) => labels['severity'] !== 'ticket'),
        })),
      };
      await testRules(pageOnly, {
        series: burning({ minutes: 6 * HOUR, factor: 0 }, { minutes: minutes + 1, factor }),
        evaluateEvery: '5m',
        expect: [
          {
            expr: 'group by (severity) (ALERTS{alertstate="firing"})',
            at: `${6 * HOUR + minutes}m`,
            gives: pages ? { '{severity="page"}': 1 } : {},
          },
        ],
      });
    },
  );

  it.each([
    { factor: 2.9, minutes: DAY, severities: [] },
    { factor: 3.2, minutes: DAY + 10, severities: ['ticket'] as const },
  ])(
    'gives $severities after $minutes minutes at $factor times the even rate',
    async ({ factor, minutes, severities }) =>
      firing({
        series: burning({ minutes: 3 * DAY, factor: 0 }, { minutes: minutes + 1, factor }),
        evaluateEvery: '5m',
        fires: { [`${3 * DAY + minutes}m`]: severities },
      }),
  );

  it('never alerts on a rate at which the budget lasts for 30 days', () =>
    firing({
      series: burning({ minutes: 5 * DAY, factor: 0.98 }),
      evaluateEvery: '5m',
      fires: Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [`${(i + 1) * 6 * HOUR - 5}m`, []]),
      ),
    }));

  it('gives a ticket for a rate a little above that', () =>
    firing({
      series: burning({ minutes: 5 * DAY, factor: 1.05 }),
      evaluateEvery: '5m',
      fires: { [`${4 * DAY}m`]: ['ticket'] },
    }));

  it('ends the page of a short spike five minutes after it', () =>
    firing({
      series: burning(
        { minutes: 6 * HOUR, factor: 0 },
        { minutes: 2, factor: 1_000 },
        { minutes: HOUR, factor: 0 },
      ),
      fires: { '362m': ['page', 'ticket'], '368m': ['ticket'] },
    }));

  it('tells how much of the budget is left', () =>
    testRules(burnRateRules([answered]), {
      series: burning({ minutes: 31 * DAY, factor: 0.5 }),
      evaluateEvery: '1h',
      expect: [
        {
          expr: 'round(service_slo:error_budget_remaining:ratio30d, 0.001)',
          at: '30d',
          gives: { '{service="shop",slo="answered"}': 0.5 },
        },
        {
          expr: 'service_slo:objective:ratio',
          at: '30d',
          gives: { 'service_slo:objective:ratio{service="shop",slo="answered"}': 0.999 },
        },
      ],
    }));
});

describeRules('what counts as failed', () => {
  const steady = (perMinute: number) => counter({ minutes: 2 * HOUR, perMinute });

  it.each([400, 404, 429, 499])('status %i does not', (status) =>
    firing({ series: { [requests(status)]: steady(100) }, fires: { '60m': [], '2h': [] } }),
  );

  it.each([500, 503, 504])('status %i does', (status) =>
    firing({
      series: { [requests(200)]: steady(90), [requests(status)]: steady(10) },
      fires: { '10m': ['page', 'ticket'] },
    }),
  );

  it('requests of other routes do not', () =>
    firing({
      series: { [requests(200)]: steady(100), [requests(500, 'a', '/other')]: steady(100) },
      fires: { '1h': [] },
    }));

  it.each(['1', '1.0'])('slow answers do where the bucket is written %s', async (le) => {
    const bucket = (status: number) =>
      requests(status).replace('_count{', '_bucket{').replace('}', `,le="${le}"}`);
    const objective: ServiceLevelObjective = {
      ...answered,
      kind: 'latency',
      within: '1s',
      objective: 0.99,
    };
    const failing5xx = { [requests(503)]: steady(900), [bucket(503)]: steady(0) };
    await firing({
      objective,
      series: { ...failing5xx, [requests(200)]: steady(100), [bucket(200)]: steady(50) },
      fires: { '10m': ['page', 'ticket'] },
    });
    await firing({
      objective,
      series: { ...failing5xx, [requests(200)]: steady(100), [bucket(200)]: steady(100) },
      fires: { '10m': [], '1h': [] },
    });
  });

  it('dead letters do, and jobs that were completed after retries do not', () =>
    firing({
      objective: calculated,
      series: { [jobs('completed')]: steady(10), [jobs('dead')]: steady(1) },
      fires: { '10m': ['page', 'ticket'] },
    }));

  it('jobs that wait for too long do', async () => {
    const wait = (suffix: string, le = '') =>
      `loyalnest_job_wait_seconds_${suffix}{service="shop",exported_job="points.calculate"${le}}`;
    const objective: ServiceLevelObjective = {
      ...calculated,
      kind: 'job-start',
      within: '1m',
      objective: 0.99,
    };
    const series = (inTime: number) => ({
      [wait('count')]: steady(100),
      [wait('bucket', ',le="15"')]: steady(0),
      [wait('bucket', ',le="60"')]: steady(inTime),
    });
    await firing({ objective, series: series(50), fires: { '10m': ['page', 'ticket'] } });
    await firing({ objective, series: series(100), fires: { '1h': [] } });
  });

  it('holds for labels with any sign in them', () =>
    testRules(
      burnRateRules([{ ...answered, service: 'a"b\\c', routes: ['/x/(.*)', '/y/:id.json', '/z'] }]),
      {
        series: Object.fromEntries(
          ['/x/(.*)', '/x/elsewhere', '/y/:id.json', '/y/:id-json', '/z'].map((route) => [
            requests(200, 'a', route).replace('"shop"', '"a\\"b\\\\c"'),
            steady(1),
          ]),
        ),
        expect: [
          {
            expr: 'round(sum(service_slo:events:increase1h))',
            at: '2h',
            gives: { '{}': 3 * 60 },
          },
        ],
      },
    ));
});

describeRules('series that come and go', () => {
  it('sees a first failure, before which there was no series of it', () =>
    firing({
      objective: calculated,
      series: {
        [PROCESS]: '1x400',
        [jobs('completed')]: counter({ minutes: 400, perMinute: 1 }),
        // Three jobs that died between two scrapes, and none since.
        [jobs('dead')]: '_x300 3x100',
      },
      fires: { '299m': [], '303m': ['page', 'ticket'] },
    }));

  it('takes no history for new when a process is scraped again after an outage', () =>
    firing({
      series: {
        [PROCESS]: '1x60 stale _x10 1x60',
        [requests(200)]: '100000+100x60 stale _x10 107000+100x60',
        [requests(500)]: '5000x60 stale _x10 5000x60',
      },
      fires: { '60m': [], '73m': [], '80m': [] },
    }));

  it('counts nothing again when one of two processes starts anew', () =>
    firing({
      series: {
        [requests(200, 'a')]: '60000+100x60 100+100x60',
        [requests(500, 'a')]: '10x60 0x60',
        [requests(200, 'b')]: '60000+100x121',
        [requests(500, 'b')]: '5000x121',
      },
      fires: { '60m': [], '62m': [], '90m': [] },
    }));

  it('has neither a share nor an alert without requests, and both when they come back', () =>
    testRules(burnRateRules([answered]), {
      series: { [requests(200)]: '500x480', [requests(500)]: '20x420 30+10x60' },
      expect: [
        { expr: 'service_slo:failures_per_events:ratio_rate6h', at: '7h', gives: {} },
        { expr: 'ALERTS', at: '7h', gives: {} },
        {
          expr: 'count by (severity) (ALERTS{alertstate="firing"})',
          at: '425m',
          gives: { '{severity="page"}': 1, '{severity="ticket"}': 1 },
        },
      ],
    }));

  it('knows a share of 0 where nothing has ever failed', () =>
    testRules(burnRateRules([answered]), {
      series: { [requests(200)]: counter({ minutes: 60, perMinute: 5 }) },
      expect: [
        {
          expr: 'service_slo:failures_per_events:ratio_rate5m',
          at: '30m',
          gives: {
            'service_slo:failures_per_events:ratio_rate5m{service="shop",slo="answered"}': 0,
          },
        },
      ],
    }));

  it('ends with the series', () =>
    firing({
      series: { [requests(200)]: '0+50x30 stale', [requests(500)]: '0+50x30 stale' },
      fires: { '30m': ['page', 'ticket'], '65m': ['ticket'], '7h': [] },
    }));
});

describeRules('little traffic', () => {
  const one = '0x90 1x90';
  const quiet = { [requests(200)]: counter({ minutes: 180, perMinute: 0.3 }) };

  it('tells nobody of one failure, and of a second one', async () => {
    await firing({ series: { ...quiet, [requests(500)]: one }, fires: { '92m': [], '95m': [] } });
    const two = one.replace('1x90', '2x90');
    await firing({
      series: { ...quiet, [requests(500)]: two },
      fires: { '96m': ['page', 'ticket'] },
    });
  });

  it('tells nobody of few events, however many of them fail', async () => {
    const series = { [requests(500)]: '0x90 0+1x8 8x90' };
    await firing({ series, fires: { '97m': [], '99m': [], '2h': [] } });
    await firing({
      series,
      options: { minEvents: 5 },
      fires: { '99m': ['page'], '101m': ['page', 'ticket'] },
    });
    await firing({
      objective: { ...answered, minEvents: 5 },
      series,
      fires: { '99m': ['page'], '101m': ['page', 'ticket'] },
    });
  });
});
