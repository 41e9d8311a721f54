import { SystemClock, type HealthObservation } from '@loyalnest/core';
import { eventually, FakeClock, forEachPlatform, PLATFORMS } from '@loyalnest/testing';
import { Controller, Get, Injectable, Logger, Scope } from '@nestjs/common';
import { Dependency, NEVER } from '../test/health-app.js';
import { healthApp, startHealth, type RunningHealth } from '../test/running-health.js';
import { HealthIndicator, HealthSampler, type HealthModuleOptions } from './index.js';

const DOWN: HealthObservation = { status: 'down', code: 'connection-refused' };
const UP: HealthObservation = { status: 'up' };

afterEach(() => jest.restoreAllMocks());

forEachPlatform((platform) => {
  let running: RunningHealth;
  let postgres: Dependency;

  const start = async (options: HealthModuleOptions = {}): Promise<void> => {
    postgres = new Dependency({ name: 'postgres', critical: true });
    const providers = [{ provide: 'postgres', useValue: postgres }];
    running = await startHealth(platform, options, { providers });
  };
  const ready = async (): Promise<unknown> => (await running.probe('/health/ready')).body['status'];
  const detail = async () => {
    const { body } = await running.probe('/health');
    return (body['details'] as Record<string, Record<string, unknown>>)['postgres'];
  };

  afterEach(() => running.close());

  it('counts a check as down after enough failures in a row, sampled five times as often', async () => {
    await start({ failures: 3, interval: '5s' });
    postgres.observe = () => DOWN;
    await running.clock.advance(5_000);
    expect(await ready()).toBe('ok');
    expect(await detail()).toMatchObject({ status: 'up', observedStatus: 'down' });
    await running.clock.advance(1_000);
    expect(await ready()).toBe('ok');
    await running.clock.advance(1_000);
    expect(await ready()).toBe('error');
    // Decided: sampling is back to the interval.
    const { calls } = postgres;
    await running.clock.advance(4_900);
    expect(postgres.calls).toBe(calls);
  });

  it('ignores a single failure', async () => {
    await start({ failures: 3 });
    for (let blip = 0; blip < 4; blip++) {
      postgres.observe = () => DOWN;
      await running.clock.advance(5_000);
      postgres.observe = () => UP;
      await running.clock.advance(1_000);
      expect(await ready()).toBe('ok');
    }
  });

  it('counts a check as up again after enough successes in a row', async () => {
    await start({ checks: { postgres: { successes: 2 } } });
    postgres.observe = () => DOWN;
    await running.clock.advance(5_000);
    postgres.observe = () => UP;
    await running.clock.advance(5_000);
    expect(await ready()).toBe('error');
    await running.clock.advance(1_000);
    expect(await ready()).toBe('ok');
  });

  it('gives a check its own timeout', async () => {
    await start({ checks: { postgres: { timeout: '2s' } } });
    postgres.observe = NEVER;
    await running.clock.advance(5_000);
    await running.clock.advance(1_900);
    expect(await ready()).toBe('ok');
    await running.clock.advance(100);
    expect(await ready()).toBe('error');
  });

  it('hides text in figures unless it is a single word', async () => {
    await start();
    const observed = {
      pool: 7,
      state: 'half-open',
      error: 'password of secret-host:5432 is wrong',
    };
    postgres.observe = () => ({ status: 'up', observed });
    await running.nextSample();
    expect(await detail()).toMatchObject({
      observed: { pool: 7, state: 'half-open', error: 'unspecified' },
    });
  });

  it('counts an unknown status as down', async () => {
    await start();
    postgres.observe = () => ({ status: 'splendid' }) as never;
    await running.nextSample();
    expect(await detail()).toMatchObject({ status: 'down', code: 'unknown-status' });
  });
});

/** Stops running its timers, as if the event loop were blocked. */
class StoppingClock extends FakeClock {
  stopped = false;
  override startTimer(task: () => void, delayMs: number) {
    return super.startTimer(this.stopped ? () => undefined : task, delayMs);
  }
}

describe('a sampler that has stopped sampling', () => {
  it('makes the service unready but live after three intervals, even if the last sample was good', async () => {
    const clock = new StoppingClock();
    const app = await startHealth(PLATFORMS[0]!, { clock, interval: '1s', timeout: '500ms' });
    await eventually(() => clock.pendingTimers === 1);
    clock.stopped = true;
    await clock.advance(1_000);
    await clock.advance(3_000);
    expect((await app.probe('/health/ready')).body).toEqual({ status: 'ok' });
    await clock.advance(1);
    const { status, body, headers } = await app.probe('/health');
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(body).toMatchObject({ error: { sampler: { status: 'down', code: 'stale' } } });
    expect((await app.probe('/health/ready')).status).toBe(503);
    expect((await app.probe('/health/live')).status).toBe(200);
    await app.close();
  });

  it('logs once that it was blocked when it resumes', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const app = await startHealth(PLATFORMS[0]!, { interval: '100ms', clock: new SystemClock() });
    await eventually(() => app.app.get(HealthSampler).isReady);
    const until = performance.now() + 2_000;
    while (performance.now() < until);
    // Right after the block: timers have fired, but their samples are not complete yet.
    expect(app.app.get(HealthSampler).isReady).toBe(false);
    await eventually(() => app.app.get(HealthSampler).isReady);
    const logged = warn.mock.calls.filter(([text]) =>
      /no sample was taken for 2\d{3} ms/.test(text),
    );
    expect(logged).toHaveLength(1);
    await app.close();
  });
});

describe('@HealthIndicator', () => {
  class Base {
    answer: unknown = true;
    @HealthIndicator({ name: 'ledger', critical: true, group: ['ready', 'checkout'] })
    isBalanced(signal: AbortSignal): boolean {
      signal.throwIfAborted();
      return this.answer as boolean;
    }
    @HealthIndicator({ name: 'overridden' })
    gone(): void {}
  }

  @Injectable()
  class Ledger extends Base {
    override gone(): void {}
    @HealthIndicator({ name: 'rates', timeout: '1s' })
    async rates(): Promise<HealthObservation> {
      return { status: 'degraded', code: 'old-rates', observed: { ageS: 90 } };
    }
    @HealthIndicator({ name: 'plain' })
    getHealthStatus(): void {}
  }

  @Controller()
  class Orders {
    @Get('orders')
    @HealthIndicator({ name: 'orders' })
    list(): void {
      throw Object.assign(new Error('secret-host'), { code: 'ECONNREFUSED' });
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {
    @HealthIndicator({ name: 'per-request' })
    check(): void {}
  }

  it('turns methods of providers and controllers into checks, inherited ones too', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const app = await startHealth(
      PLATFORMS[0]!,
      {},
      { providers: [Ledger, PerRequest], controllers: [Orders] },
    );
    const { body } = await app.probe('/health');
    expect(body['details']).toMatchObject({
      ledger: { status: 'up', critical: true },
      rates: { status: 'degraded', code: 'old-rates', observed: { ageS: 90 } },
      plain: { status: 'up' },
      orders: { status: 'degraded', observedStatus: 'down', code: 'connection-refused' },
    });
    expect(Object.keys(body['details'] as object)).toHaveLength(4);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("@HealthIndicator 'per-request'"));
    app.app.get(Ledger).answer = false;
    await app.nextSample();
    expect((await app.probe('/health/checkout')).status).toBe(503);
    await app.close();
  });

  it('needs a name', async () => {
    class Nameless {
      @HealthIndicator({ name: '' })
      check(): void {}
    }
    const boot = PLATFORMS[0]!.create(healthApp({}, { providers: [Nameless] }));
    await expect(boot).rejects.toThrow("healthCheck.name: got ''");
  });
});
