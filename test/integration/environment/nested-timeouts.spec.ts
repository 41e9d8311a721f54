import { ServiceProcess } from '@loyalnest/testing';

const GATEWAY = {
  POINTS_URL: 'http://127.0.0.1:9',
  REFERRALS_URL: 'http://127.0.0.1:9',
  SHOPIFY_WEBHOOK_SECRETS: 'webhook-secret-of-the-test',
  ADMIN_TOKENS: '',
};

it.each([
  ['its calls may take longer than a request', { REQUEST_TIMEOUT: '2s' }, '@Timeout: got'],
  [
    'a variable lets a call take longer than a request',
    { RESILIENCE_POINTS_SERVICE_TIMEOUT: '5s' },
    'PointsClient.account @Timeout: got 5000; callers stop waiting after the requestTimeout of 4000 ms',
  ],
])('does not start the gateway if %s', async (_why, env, message) => {
  const gateway = await ServiceProcess.launch({ app: 'api-gateway', env: { ...GATEWAY, ...env } });
  expect((await gateway.exited).code).toBe(1);
  const output = gateway.lastLines().join('\n');
  expect(output).toContain('AppModule did not start');
  expect(output).toContain(message);
});
