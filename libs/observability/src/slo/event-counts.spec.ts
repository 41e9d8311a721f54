import { isPromtoolAvailable } from '@loyalnest/testing';
import {
  answered,
  calculated,
  firing,
  jobs,
  PROCESS,
  requests,
} from '../../test/burn-rate-case.js';
import { counter, PROMTOOL_TIMEOUT_MS, testRules } from '../../test/promtool.js';
import { burnRateRules, type ServiceLevelObjective } from './index.js';

jest.setTimeout(PROMTOOL_TIMEOUT_MS);
const describeRules = isPromtoolAvailable() ? describe : describe.skip;

const HOUR = 60;

describeRules('failures', () => {
  const steady = (perMinute: number) => counter({ minutes: 2 * HOUR, perMinute });

  it.each([400, 404, 429, 499])('do not include status %i', (status) =>
    firing({ series: { [requests(status)]: steady(100) }, fires: { '60m': [], '2h': [] } }),
  );

  it.each([500, 503, 504])('include status %i', (status) =>
    firing({
      series: { [requests(200)]: steady(90), [requests(status)]: steady(10) },
      fires: { '10m': ['page', 'ticket'] },
    }),
  );

  it('do not include requests of other routes', () =>
    firing({
      series: { [requests(200)]: steady(100), [requests(500, 'a', '/other')]: steady(100) },
      fires: { '1h': [] },
    }));

  it.each(['1', '1.0'])('include slow responses if the bucket is written as %s', async (le) => {
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

  it('include dead letters, but not jobs that completed after retries', () =>
    firing({
      objective: calculated,
      series: {
        [jobs('completed')]: steady(10),
        [jobs('dead')]: steady(1),
        [jobs('completed', 'points.expire')]: steady(100_000),
      },
      fires: { '10m': ['page', 'ticket'] },
    }));

  it('include jobs that wait too long', async () => {
    const wait = (suffix: string, le = '') =>
      `loyalnest_job_wait_seconds_${suffix}{service="shop",job_name="points.calculate"${le}}`;
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

  it('are counted for labels with any characters', () =>
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

describeRules('an objective whose series come and go', () => {
  it('counts the first failure, although its series is new', () =>
    firing({
      objective: calculated,
      series: {
        [PROCESS]: '1x400',
        [jobs('completed')]: counter({ minutes: 400, perMinute: 1 }),
        // Three jobs die between two scrapes, and none after that.
        [jobs('dead')]: '_x300 3x100',
      },
      fires: { '299m': [], '303m': ['page', 'ticket'] },
    }));

  it('does not count old failures again when a process is scraped after an outage', () =>
    firing({
      series: {
        [PROCESS]: '1x60 stale _x10 1x60',
        [requests(200)]: '100000+100x60 stale _x10 107000+100x60',
        [requests(500)]: '5000x60 stale _x10 5000x60',
      },
      fires: { '60m': [], '73m': [], '80m': [] },
    }));

  it('counts nothing twice when one of two processes restarts', () =>
    firing({
      series: {
        [requests(200, 'a')]: '60000+100x60 100+100x60',
        [requests(500, 'a')]: '10x60 0x60',
        [requests(200, 'b')]: '60000+100x121',
        [requests(500, 'b')]: '5000x121',
      },
      fires: { '60m': [], '62m': [], '90m': [] },
    }));

  it('has neither a share nor an alert without requests, and both when requests return', () =>
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

  it('records a share of 0 if nothing has ever failed', () =>
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

  it('ends its alerts after the series end', () =>
    firing({
      series: { [requests(200)]: '0+50x30 stale', [requests(500)]: '0+50x30 stale' },
      fires: { '30m': ['page', 'ticket'], '65m': ['ticket'], '7h': [] },
    }));
});
