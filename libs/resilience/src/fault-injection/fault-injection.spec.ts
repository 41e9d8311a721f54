import { Injectable } from '@nestjs/common';
import { CircuitBreaker, FaultInjection, faultInjected } from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';
import { Faults } from './faults.js';

afterEach(closeApps);

@Injectable()
class Client {
  @CircuitBreaker({ name: 'faulty' })
  @FaultInjection({ errorRatio: 0.5, latency: '2s', latencyRatio: 0.25 })
  async read(): Promise<string> {
    return 'read';
  }
}

it('has no effect until it is armed, and none after it is disarmed', async () => {
  const { app, registry, clock } = await startApp([Client], { random: () => 0 });
  await expect(app.get(Client).read()).resolves.toBe('read');
  registry.faults.arm('faulty');
  const failing = app
    .get(Client)
    .read()
    .catch((error: { code: string }) => error.code);
  await clock.advance(2_000);
  await expect(failing).resolves.toBe('INJECTED_FAULT');
  registry.faults.disarm('faulty');
  await expect(app.get(Client).read()).resolves.toBe('read');
});

it('affects the configured share of the calls, and the other policies see it', async () => {
  const random = [0.3, 0.4, 0.3, 0.6];
  const { app, registry } = await startApp([Client], {
    random: () => random.shift()!,
    faults: { armed: ['*'] },
  });
  const events: unknown[] = [];
  const end = faultInjected.subscribe((event) => events.push(event));
  await expect(app.get(Client).read()).rejects.toMatchObject({ code: 'INJECTED_FAULT' });
  await expect(app.get(Client).read()).resolves.toBe('read');
  end();
  expect(events).toEqual([{ policy: 'faulty', fault: 'error' }]);
  expect(registry.get('faulty')!.snapshot).toMatchObject({ successes: 1, failures: 1 });
});

describe('in production', () => {
  const before = process.env['NODE_ENV'];
  beforeEach(() => {
    process.env['NODE_ENV'] = 'production';
  });
  afterEach(() => {
    process.env['NODE_ENV'] = before;
  });

  it('cannot be armed', () => {
    expect(() => new Faults({ armed: ['sms'] })).toThrow('cannot be armed in production');
    const faults = new Faults();
    expect(() => faults.arm('sms')).toThrow('set faults.allowInProduction');
    expect(faults.isArmed('sms')).toBe(false);
  });

  it('can be armed if the module allows it', () => {
    const faults = new Faults({ allowInProduction: true });
    faults.arm('sms');
    expect(faults.isArmed('sms')).toBe(true);
    expect(faults.isArmed('email')).toBe(false);
  });
});
