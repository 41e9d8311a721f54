import { OptionError, runInContext } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import fc from 'fast-check';
import { FakeClock } from '@loyalnest/core/testing';
import {
  callRejected,
  RateLimit,
  RateLimitedError,
  Resilient,
  type RateLimitOptions,
} from '../index.js';
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

it('allows a burst, and then one call per interval', async () => {
  const { client, clock } = await startClient({ limit: 10, per: '1s', burst: 2 });
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

it('gives the turn of a caller that has aborted to the next one', async () => {
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

it('never allows more calls than burst plus rate, and always allows a steady rate', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.nat(300), { maxLength: 60 }),
      async (limit, burst, gaps) => {
        const clock = new FakeClock();
        const resolved = resolveRateLimit('test', { limit, burst, per: 1_000 });
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

describe('with all maxKeys keys busy', () => {
  const resolved = resolveRateLimit('test', { limit: 1, per: '1m', burst: 2, maxKeys: 100 });

  it('a new key evicts only the key with the earliest arrival time', () => {
    const limiter = new RateLimiter('sms', resolved, new FakeClock());
    for (let i = 0; i < 100; i++) {
      limiter.take(`key-${i}`, 0);
      if (i !== 7) limiter.take(`key-${i}`, 0);
    }
    limiter.take('another', 0);
    expect(limiter.size).toBe(100);
    for (let i = 0; i < 100; i++) {
      if (i !== 7) expect(limiter.take(`key-${i}`, 0)).toBe(60_000);
    }
    // It starts again with its whole burst.
    expect([0, 0, 0].map(() => typeof limiter.take('key-7', 0))).toEqual([
      'object',
      'object',
      'number',
    ]);
  });

  it('memory stays bounded, however many keys come', () => {
    const limiter = new RateLimiter('sms', resolved, new FakeClock());
    for (let i = 0; i < 10_000; i++) {
      limiter.take(`key-${i}`, 0);
      limiter.take(`key-${i % 50}`, 0);
      expect(limiter.size).toBeLessThanOrEqual(100);
    }
  });

  it('a key whose time has passed is evicted before any busy key', async () => {
    const clock = new FakeClock();
    const limiter = new RateLimiter('sms', resolved, clock);
    for (let i = 0; i < 99; i++) for (let call = 0; call < 2; call++) limiter.take(`key-${i}`, 0);
    // Three busy keys come before the key whose time has passed.
    limiter.take('free', 0);
    await clock.advance(60_000);
    for (let i = 3; i < 99; i++) limiter.take(`key-${i}`, 0);
    limiter.take('another', 0);
    expect([0, 0].map(() => typeof limiter.take('key-0', 0))).toEqual(['object', 'number']);
  });
});

describe('the old name interval', () => {
  it('works and warns once', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { client, clock } = await startClient({ limit: 1, interval: '2s' });
    const warnings = warn.mock.calls.filter(([text]) => String(text).includes('interval'));
    warn.mockRestore();
    expect(warnings).toEqual([
      [
        'Client.read @RateLimit.interval will be removed in the next version; use per',
        { type: 'DeprecationWarning', code: 'LOYALNEST_DEPRECATED_OPTION' },
      ],
    ]);
    await client.read('a');
    await expect(client.read('a')).rejects.toMatchObject({ retryAfterMs: 2_000 });
    await clock.advance(2_000);
    await expect(client.read('a')).resolves.toBe('a');
  });

  it.each([
    ['interval', 'per'],
    ['per', 'interval'],
    ['interval', 'interval'],
  ])('%s of a named set gives way to %s of the method', async (ofSet, ofMethod) => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    @Injectable()
    @Resilient('sms')
    class Sms {
      @RateLimit({ name: 'own', limit: 1, [ofMethod]: '7s' })
      async send(): Promise<void> {}
    }
    const { registry } = await startApp([Sms], {
      defaults: { rateLimit: { limit: 9, [ofMethod]: '1m' } },
      policies: { sms: { rateLimit: { limit: 5, [ofSet]: '2s' } } },
    });
    const explained = registry.pipelines().map((pipeline) => pipeline.explain());
    expect(explained.join()).toContain('1 in 7000 ms');
    warn.mockRestore();
  });

  it('of a named set stays where the method does not change it', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    @Injectable()
    @Resilient('sms')
    class Sms {
      @RateLimit({ name: 'own', limit: 1 })
      async send(): Promise<void> {}
    }
    const policies = { sms: { rateLimit: { limit: 5, interval: '2s' } } } as const;
    const { registry } = await startApp([Sms], { policies });
    const explained = registry.pipelines().map((pipeline) => pipeline.explain());
    expect(explained.join()).toContain('1 in 2000 ms');
    warn.mockRestore();
  });

  it('and the new one share one limit by name', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    @Injectable()
    class Sms {
      @RateLimit({ name: 'gateway', limit: 1, interval: '2s' })
      async send(): Promise<void> {}

      @RateLimit({ name: 'gateway', limit: 1, per: '2s' })
      async ask(): Promise<void> {}
    }
    const { app } = await startApp([Sms]);
    await app.get(Sms).send();
    await expect(app.get(Sms).ask()).rejects.toBeInstanceOf(RateLimitedError);
    warn.mockRestore();
  });

  it('is refused beside the new one', () => {
    const both = { limit: 1, per: '1s', interval: '1s' } as const;
    expect(() => resolveRateLimit('test', both)).toThrow(OptionError);
    expect(() => resolveRateLimit('test', both)).toThrow('test.interval');
  });

  it('is named in the error about its value', () => {
    const bad = { limit: 1, interval: 'soon' as never };
    expect(() => resolveRateLimit('test', bad)).toThrow("test.interval: got 'soon'");
  });
});
