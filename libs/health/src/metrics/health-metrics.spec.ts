import { OBSERVE_METRICS } from '@loyalnest/core';
import { PLATFORMS } from '@loyalnest/testing';
import { Dependency } from '../../test/health-app.js';
import { startHealth, type RunningHealth } from '../../test/running-health.js';
import { HealthMetrics } from './health-metrics.js';

let running: RunningHealth;

afterEach(() => running.close());

it('exposes the latest sample without running a check', async () => {
  const postgres = new Dependency({ name: 'postgres', critical: true });
  const providers = [{ provide: 'postgres', useValue: postgres }];
  running = await startHealth(PLATFORMS[0]!, {}, { providers });
  const metrics = running.app.get(HealthMetrics);
  const values = () =>
    Object.fromEntries(
      metrics[OBSERVE_METRICS]().map(({ name, labels, value }) => [
        [name.replace('loyalnest_health_', ''), ...Object.values(labels ?? {})].join(' '),
        value,
      ]),
    );
  expect(values()).toEqual({
    ready: 1,
    sample_age_seconds: 0,
    'check_status postgres up': 1,
    'check_status postgres degraded': 0,
    'check_status postgres down': 0,
    'check_duration_seconds postgres': 0,
  });
  postgres.observe = () => ({ status: 'down' });
  await running.nextSample();
  await running.clock.advance(1_000);
  const { calls } = postgres;
  expect(values()).toMatchObject({
    ready: 0,
    sample_age_seconds: 1,
    'check_status postgres up': 0,
    'check_status postgres down': 1,
    'transitions_total postgres down': 1,
  });
  expect(postgres.calls).toBe(calls);
});
