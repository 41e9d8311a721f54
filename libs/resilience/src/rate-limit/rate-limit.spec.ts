import { runInContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import fc from 'fast-check';
import { FakeClock } from '@loyalnest/core/testing';
import { callRejected, RateLimit, RateLimitedError, type RateLimitOptions } from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';
import { RateLimiter } from './rate-limiter.js';
import { resolveRateLimit } from './rate-limit.options.js';

afterEach(closeApps);

async function startClient(options: RateLimitOptions) {
  @Injectable()
  class Client {
    @RateLimit(options)
    async read(key: string): Promise<string> {
      return key;
    }
  }
  const { app, clock } = await startApp([Client]);
  return { client: app.get(Client), clock };
}

it('lets a burst pass and then one call after another', async () => {
  const { client, clock } = await startClient({ limit: 10, interval: '1s', burst: 2 });
  const events: unknown[] = [];
  const end = callRejected.subscribe((event) => events.push(event));
  await client.read('a');
  await client.read('a');
  await expect(client.read('a')).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 100 });
  end();
  expect(events).toEqual([{ policy: 'Client.read', by: 'rate-limit', retryAfterMs: 100 }]);
  await clock.advance(100);
  await expect(client.read('a')).resolves.toBe('a');
  await expect(client.read('a')).rejects.toBeInstanceOf(RateLimitedError);
});

it('lets a call wait for its turn', async () => {
  const { client, clock } = await startClient({ limit: 10, burst: 1, maxWait: '150ms' });
  await client.read('a');
  const waiting = client.read('b');
  await expect(client.read('c')).rejects.toMatchObject({ retryAfterMs: 200 });
  await clock.advance(100);
  await expect(waiting).resolves.toBe('b');
});

it('gives the turn of a caller that went away to the next', async () => {
  const { client, clock } = await startClient({ limit: 10, burst: 1, maxWait: '100ms' });
  await client.read('a');
  const caller = new AbortController();
  const left = runInContext({ correlationId: 'c', signal: caller.signal }, () => client.read('b'));
  caller.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  const next = client.read('c');
  await clock.advance(100);
  await expect(next).resolves.toBe('c');
});

it('keeps one limit per key', async () => {
  const { client } = await startClient({ limit: 1, key: (key: string) => key });
  await client.read('a');
  await client.read('b');
  await expect(client.read('a')).rejects.toBeInstanceOf(RateLimitedError);
});

it('never lets more calls pass than burst plus rate, and never fewer than a steady rate', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.nat(300), { maxLength: 60 }),
      async (limit, burst, gaps) => {
        const clock = new FakeClock();
        const resolved = resolveRateLimit('test', { limit, burst, interval: 1_000 });
        const limiter = new RateLimiter('sms', resolved, clock);
        const passedAtMs: number[] = [];
        for (const gap of gaps) {
          await clock.advance(gap);
          if (typeof limiter.take('', 0) !== 'number') passedAtMs.push(clock.monotonic());
        }
        passedAtMs.forEach((fromMs, first) => {
          passedAtMs.slice(first).forEach((toMs, further) => {
            expect(further + 1).toBeLessThanOrEqual(
              burst + ((toMs - fromMs) * limit) / 1_000 + 1e-6,
            );
          });
        });
        await clock.advance(1_000 / limit);
        expect(typeof limiter.take('', 0)).not.toBe('number');
      },
    ),
    { numRuns: 40 },
  );
});
