import 'reflect-metadata';
import { readConfig } from '@loyalnest/service-defaults';
import { GatewayConfig } from './gateway.config.js';
import { requestLimits } from './http/request-limits.js';

const complete = {
  POINTS_URL: 'http://points',
  REFERRALS_URL: 'http://referrals',
  SHOPIFY_WEBHOOK_SECRETS: 'b7c2f0a94e51d8836a0c',
};
const read = (environment: Record<string, string>): GatewayConfig =>
  readConfig(GatewayConfig, { ...complete, ...environment });

it.each([
  ['', undefined],
  ['none', false],
  ['1', 1],
  ['10.0.0.0/8', ['10.0.0.0/8']],
  ['10.0.0.7,2001:db8::/32', ['10.0.0.7', '2001:db8::/32']],
])('reads TRUST_PROXY=%s', (TRUST_PROXY, trustProxy) => {
  expect(read({ TRUST_PROXY }).trustProxy).toEqual(trustProxy);
});

it.each(['0', '12', 'all', 'true', '10.0.0.0/8;10.1.0.0/16'])('refuses TRUST_PROXY=%s', (value) => {
  expect(() => read({ TRUST_PROXY: value })).toThrow(`TRUST_PROXY: got '${value}'; use none, the`);
});

it('requires TRUST_PROXY in production', () => {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    expect(() => read({})).toThrow('TRUST_PROXY: is not set; use none, the number of proxies');
    expect(() => read({ TRUST_PROXY: 'none' })).not.toThrow();
  } finally {
    process.env['NODE_ENV'] = before;
  }
});

it('refuses a floor for deadlines that no request could pass', () => {
  expect(read({}).MIN_REQUEST_TIMEOUT).toBe('50ms');
  expect(() => read({ MIN_REQUEST_TIMEOUT: '50' })).toThrow("MIN_REQUEST_TIMEOUT: got '50'; use a");
  expect(() => read({ MIN_REQUEST_TIMEOUT: '4s' })).toThrow(
    'MIN_REQUEST_TIMEOUT, REQUEST_TIMEOUT: no request would be served',
  );
});

it('refuses a limit per address that could use up the limit of a shop', () => {
  expect(() => read({ RATE_LIMIT_PER_IP: '500', RATE_LIMIT_PER_MERCHANT: '500' })).toThrow(
    'RATE_LIMIT_PER_IP, RATE_LIMIT_PER_MERCHANT: a single address could use up',
  );
});

it('counts requests that name a shop separately from webhooks that the shop signed', () => {
  const limits = requestLimits(read({}));
  expect(limits.limits).toMatchObject([
    { name: 'ip', limit: 6_000 },
    { name: 'merchant', limit: 12_000 },
    { name: 'webhooks', limit: 12_000, verified: true, everywhere: false },
  ]);
  expect(limits.url).toBeUndefined();
});
