import { CHECK_HEALTH } from '@loyalnest/core';
import Opossum from 'opossum';
import { CircuitBreakersCheck } from '../index.js';

it("is degraded while one of opossum's circuits is open", () => {
  const breakers = ['sms', 'mail'].map((name) => new Opossum(async () => undefined, { name }));
  const check = new CircuitBreakersCheck(() => breakers);
  expect(check[CHECK_HEALTH]()).toEqual({
    status: 'up',
    observed: { sms: 'closed', mail: 'closed' },
  });
  breakers[0]!.open();
  expect(check[CHECK_HEALTH]()).toEqual({
    status: 'degraded',
    code: 'circuit-open',
    observed: { sms: 'open', mail: 'closed' },
  });
  breakers[0]!.close();
  expect(check[CHECK_HEALTH]().status).toBe('up');
  for (const breaker of breakers) breaker.shutdown();
});
