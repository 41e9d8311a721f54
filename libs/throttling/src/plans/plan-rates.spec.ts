import { FakeClock } from '@loyalnest/testing';
import { Logger } from '@nestjs/common';
import { PlanRates, type Plans } from './plan-rates.js';

const plans = { free: { limit: 1, per: '1m' }, pro: { limit: 9, per: '1m' } } as const;
const clock = new FakeClock();
const create = (planOf: Plans['planOf']): PlanRates =>
  new PlanRates('throttling.limits[0]', { plans, planOf }, 100, clock);

let warn: jest.SpyInstance;
beforeEach(() => {
  warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});
afterEach(() => warn.mockRestore());

it('calls a synchronous planOf for each request', () => {
  let plan = 'free';
  const rates = create(() => plan);
  expect(rates.rateOf('shop')).toMatchObject({ limit: 1 });
  plan = 'pro';
  expect(rates.rateOf('shop')).toMatchObject({ limit: 9 });
});

it('calls an asynchronous planOf once in 10 s, even for concurrent requests', async () => {
  const planOf = jest.fn(async () => 'pro');
  const rates = create(planOf);
  const both = await Promise.all([rates.rateOf('shop'), rates.rateOf('shop')]);
  expect(both).toMatchObject([{ limit: 9 }, { limit: 9 }]);
  await clock.advance(9_999);
  expect(rates.rateOf('shop')).toMatchObject({ limit: 9 });
  expect(planOf).toHaveBeenCalledTimes(1);
  await clock.advance(1);
  await rates.rateOf('shop');
  expect(planOf).toHaveBeenCalledTimes(2);
});

it.each<[string, Plans['planOf']]>([
  [
    'throws',
    () => {
      throw new Error('plans are unavailable');
    },
  ],
  ['rejects', () => Promise.reject(new Error('plans are unavailable'))],
  ['returns an unknown plan', () => 'gold'],
  ['resolves to an unknown plan', async () => 'gold'],
])('does not limit clients while planOf %s, and warns once', async (_what, planOf) => {
  const rates = create(planOf);
  expect(await rates.rateOf('a')).toBeUndefined();
  expect(await rates.rateOf('b')).toBeUndefined();
  expect(warn).toHaveBeenCalledTimes(1);
});

it('waits for a plan until the timeout, and then calls planOf again after a second', async () => {
  const never = new Promise<string>(() => {});
  const planOf = jest.fn(() => never);
  const rates = create(planOf);
  const rate = rates.rateOf('shop');
  await clock.advance(100);
  expect(await rate).toBeUndefined();
  await clock.advance(999);
  expect(rates.rateOf('shop')).toBeUndefined();
  expect(planOf).toHaveBeenCalledTimes(1);
  await clock.advance(1);
  expect(rates.rateOf('shop')).toBeInstanceOf(Promise);
});

it.each<[object, string]>([
  [{ plans: {}, planOf: () => 'a' }, 'throttling.limits[0].plans: got {}; name at least one plan'],
  [{ plans: { a: { limit: 0, per: '1s' } }, planOf: () => 'a' }, 'limits[0].plans.a.limit: got 0'],
  [{ plans, planOf: 'free' }, "limits[0].planOf: got 'free'; use a function"],
])('refuses %j', (options, message) => {
  expect(() => new PlanRates('throttling.limits[0]', options as never, 100, clock)).toThrow(
    message,
  );
});
