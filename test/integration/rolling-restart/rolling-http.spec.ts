import { mutatedHttpPlan, SHORT_HTTP_PLAN } from '../../chaos/rolling-http/plans.ts';
import { RollingHttpSite } from '../../chaos/rolling-http/rolling-http.ts';

let site: RollingHttpSite;

beforeAll(async () => {
  site = await RollingHttpSite.start();
}, 60_000);
afterAll(() => site.stop());

it('loses and duplicates no request over restarts under load', async () => {
  const ledger = await site.run(SHORT_HTTP_PLAN);
  expect(ledger.problems).toEqual([]);
  expect(ledger.restarts).toHaveLength(3);
  expect(ledger.accepted).toBe(ledger.requests);
  expect(ledger.effects).toBe(ledger.requests);
  expect(Math.min(ledger.slow, ledger.fresh)).toBeGreaterThan(10);
}, 120_000);

it.each([
  ['no-delay', /^ECONN(REFUSED|RESET)$/],
  ['pools-first', /^500$/],
  ['forced-close', /^ECONNRESET$/],
] as const)(
  'loses requests with %s',
  async (mutation, answer) => {
    const { lost } = await site.run(mutatedHttpPlan(mutation));
    expect(Object.keys(lost)).toContainEqual(expect.stringMatching(answer));
  },
  120_000,
);
