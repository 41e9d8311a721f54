import { resolvePlan } from './throttle-plan.js';

let warn: jest.SpyInstance;
beforeEach(() => {
  warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
});
afterEach(() => warn.mockRestore());

const ofRate = (path: string, rate: unknown) => resolvePlan(path, { rate } as never).rate;

it('defaults to a burst of one job and a maxDelay of one minute', () => {
  const { rate, maxDelayMs } = resolvePlan('plan', { limit: 5, per: '1s' });
  expect(rate).toMatchObject({ burst: 1, intervalUs: 200_000, capacityUs: 200_000 });
  expect(maxDelayMs).toBe(60_000);
  expect(warn).not.toHaveBeenCalled();
});

it.each([
  [5, { limit: 5, per: '1s' }],
  [0.5, { limit: 1, per: '2s' }],
  [2.5, { limit: 1, per: '400ms' }],
  [
    { jobs: 600, per: '1m' },
    { limit: 600, per: '1m' },
  ],
] as const)('reads the deprecated rate %j as %j', (rate, plan) => {
  const path = `plan ${JSON.stringify(rate)}`;
  expect(ofRate(path, rate).intervalUs).toBe(resolvePlan(path, plan).rate.intervalUs);
});

it('names the old field in the error about its value', () => {
  expect(() => ofRate('plan', { jobs: 5_000, per: 1 })).toThrow('plan.rate.jobs: got 5000');
  expect(() => ofRate('plan', { jobs: 1, per: 'soon' })).toThrow("plan.rate.per: got 'soon'");
});

it.each([undefined, null, 5])('refuses %p in place of a plan', (plan) => {
  expect(() => resolvePlan('plans.basic', plan as never)).toThrow(
    /^plans\.basic: got .+; use a plan/,
  );
});

it('warns once about the deprecated rate', () => {
  for (let i = 0; i < 2; i++) ofRate('plans.basic', 5);
  expect(warn.mock.calls).toEqual([
    [
      "plans.basic.rate will be removed in the next version; use limit and per, such as { limit: 5, per: '1s' }",
      { type: 'DeprecationWarning', code: 'LOYALNEST_DEPRECATED_OPTION' },
    ],
  ]);
});

it.each([0, -1, Number.NaN, Infinity, '5', null, 1e-7, 1e7])(
  'refuses the deprecated rate %p',
  (rate) => {
    expect(() => ofRate('plan', rate)).toThrow('plan.rate: got');
  },
);
