import { FakeClock } from '@loyalnest/core/testing';
import { Logger } from '@nestjs/common';
import type { QueueConnection } from '../connection/queue-connection.js';
import type { RegisteredQueue } from '../queue-registry.js';
import { JobThrottle } from './job-throttle.js';
import { resolveThrottling } from './throttling.options.js';

it('waits half of producerTimeout for planOf, then does not throttle', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const clock = new FakeClock();
  const throttling = resolveThrottling({
    plans: { basic: { limit: 1, per: '1s' } },
    planOf: () => new Promise<string>(() => {}),
  });
  const options = { clock, throttling, producerTimeoutMs: 500 };
  const throttle = new JobThrottle({ options } as unknown as QueueConnection);
  const settled = jest.fn();
  const queue = { throttled: true } as RegisteredQueue;
  const plan = throttle.planFor(queue, 'acme').then(settled);
  await clock.advance(249);
  expect(settled).not.toHaveBeenCalled();
  await clock.advance(1);
  await plan;
  expect(settled).toHaveBeenCalledWith(undefined);
  expect(warn.mock.calls).toEqual([
    ['jobs are not throttled: planOf returned no plan within 250 ms'],
  ]);
  expect(clock.pendingTimers).toBe(0);
  warn.mockRestore();
});
