import { isPromtoolAvailable } from '@loyalnest/testing';
import { answered, firing, requests } from '../../test/burn-rate-case.js';
import { counter, PROMTOOL_TIMEOUT_MS, testRules, type Stretch } from '../../test/promtool.js';
import { burnRateRules } from './index.js';

jest.setTimeout(PROMTOOL_TIMEOUT_MS);
const describeRules = isPromtoolAvailable() ? describe : describe.skip;

const HOUR = 60;
const DAY = 24 * HOUR;

interface Burn {
  readonly minutes: number;
  /** Failures, as a multiple of the rate that exactly spends the budget. */
  readonly factor: number;
  /** Requests per minute. @defaultValue 1000 */
  readonly perMinute?: number;
}

function burning(...burns: readonly Burn[]): Readonly<Record<string, string>> {
  const failed = ({ factor, perMinute = 1_000 }: Burn): number => factor * perMinute * 0.001;
  const of = (perMinute: (burn: Burn) => number): readonly Stretch[] =>
    burns.map((burn) => ({ minutes: burn.minutes, perMinute: perMinute(burn) }));
  return {
    [requests(200)]: counter(...of((burn) => (burn.perMinute ?? 1_000) - failed(burn))),
    [requests(500)]: counter(...of(failed)),
  };
}

describeRules('the burn rate', () => {
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
    'pages: $pages, after $minutes minutes at $factor times the sustainable rate',
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
    'fires $severities after $minutes minutes at $factor times the sustainable rate, on a quiet day',
    async ({ factor, minutes, severities }) =>
      firing({
        // A quiet day after busy ones, which dominate the window of 3 days.
        series: burning(
          { minutes: 3 * DAY, factor: 0, perMinute: 10_000 },
          { minutes: minutes + 1, factor },
        ),
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

  it('opens a ticket for a rate slightly above that', () =>
    firing({
      series: burning({ minutes: 5 * DAY, factor: 1.05 }),
      evaluateEvery: '5m',
      fires: { [`${4 * DAY}m`]: ['ticket'] },
    }));

  it('ends the page for a short spike five minutes after it', () =>
    firing({
      series: burning(
        { minutes: 6 * HOUR, factor: 0 },
        { minutes: 2, factor: 1_000 },
        { minutes: HOUR, factor: 0 },
      ),
      fires: { '362m': ['page', 'ticket'], '368m': ['ticket'] },
    }));

  it('records how much of the budget is left', () =>
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

describeRules('little traffic', () => {
  const one = '0x90 1x90';
  const quiet = { [requests(200)]: counter({ minutes: 180, perMinute: 0.3 }) };

  it('does not alert on one failure, but on two', async () => {
    await firing({ series: { ...quiet, [requests(500)]: one }, fires: { '92m': [], '95m': [] } });
    const two = one.replace('1x90', '2x90');
    await firing({
      series: { ...quiet, [requests(500)]: two },
      fires: { '96m': ['page', 'ticket'] },
    });
  });

  it('does not alert on few events, however many of them fail', async () => {
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
