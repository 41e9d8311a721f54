import {
  eventually,
  isPrometheusAvailable,
  PrometheusServer,
  repositoryRoot,
} from '@loyalnest/testing';
import { join } from 'node:path';
import { OBJECTIVES } from '../../tools/generated/prometheus/objectives.js';
import { APPS, newCustomerId, orderText, SampleStack } from './sample-stack.js';

const SLOW = { within: '60s', every: '500ms' } as const;

let stack: SampleStack;
let prometheus: PrometheusServer;

(isPrometheusAvailable() ? describe : describe.skip)('the rules of the sample stack', () => {
  beforeAll(async () => {
    stack = await SampleStack.start();
    prometheus = await PrometheusServer.start({
      // The same labels as in deploy/prometheus.
      targets: APPS.map((app) => ({ job: app, url: stack.urlOf(app), labels: { instance: app } })),
      ruleFiles: ['libs/observability/prometheus', 'deploy/prometheus/rules'].map((folder) =>
        join(repositoryRoot(), folder, '*.rules.yml'),
      ),
    });
  }, 120_000);
  afterAll(async () => {
    await prometheus?.stop();
    await stack?.stop();
  }, 60_000);

  it('count events for every objective', async () => {
    const buyAndRefer = async (): Promise<void> => {
      const customerId = newCustomerId();
      const referral = {
        advocateId: customerId,
        friendPhone: '+15550100001',
        friendEmail: `friend-${customerId}@example.com`,
      };
      const answers = await Promise.all([
        stack.webhook(orderText({ orderId: customerId, customerId })),
        stack.call('api-gateway', 'POST', '/v1/referrals', JSON.stringify(referral)),
      ]);
      for (const { status } of answers) expect(status).toBeLessThan(300);
      await stack.balance(customerId);
    };
    const uncounted = async (): Promise<void> => {
      await buyAndRefer();
      const counted = await prometheus.query('service_slo:events:increase5m > 0');
      const names = new Set(counted.map(({ labels }) => labels['slo']));
      expect(OBJECTIVES.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
    };
    await eventually(uncounted, SLOW);
  }, 90_000);

  it('fire no alert while the stack is healthy', async () => {
    const failures = await prometheus.query('service_slo:failures_per_events:ratio_rate5m');
    expect(failures.map(({ value }) => value)).toEqual(OBJECTIVES.map(() => 0));
    expect(await prometheus.query('ALERTS')).toEqual([]);
  });

  it('detect a service that was killed', async () => {
    await stack.apps.get('referrals-service')!.kill();
    await eventually(async () => {
      const alerts = await prometheus.query('ALERTS{alertstate="pending"}');
      const names = alerts.map(({ labels }) => [
        labels['alertname'],
        labels['service'] ?? labels['job'],
      ]);
      expect(names).toContainEqual(['LoyalnestServiceAbsent', 'referrals-service']);
      expect(names).toContainEqual(['LoyalnestTargetDown', 'referrals-service']);
    }, SLOW);
  }, 90_000);
});
