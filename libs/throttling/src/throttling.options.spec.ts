import { resolveThrottlingOptions, type ThrottlingModuleOptions } from './throttling.options.js';

const ip = { name: 'ip', by: 'ip', limit: 100, per: '1m' } as const;
const merchant = { name: 'merchant', by: 'merchant', limit: 100, per: '1m' } as const;
const production = { NODE_ENV: 'production' };

it.each<[string, object, string]>([
  ['no limits', {}, 'throttling.limits: got undefined; list at least one, such as'],
  ['null in the list', { limits: [null] }, 'throttling.limits[0]: got null; use a limit such as'],
  ['an empty list', { limits: [] }, 'throttling.limits: got []; list at least one'],
  ['a name of two words', { limits: [{ ...ip, name: 'per ip' }] }, 'limits[0].name: got'],
  ['a name twice', { limits: [ip, ip] }, "limits[1].name: got 'ip'; give each limit its own"],
  ['an unknown client', { limits: [{ ...ip, by: 'user' }] }, "limits[0].by: got 'user'; use 'ip'"],
  ['an unset limit', { limits: [{ ...ip, limit: Number.NaN }] }, 'limits[0].limit: got NaN'],
  ['a plan without a rate', { limits: [{ ...ip, plans: {} }] }, 'limits[0].planOf: got undefined'],
  ['an odd prefix', { limits: [ip], ipv6Prefix: 0 }, 'throttling.ipv6Prefix: got 0'],
  ['a header as merchant', { limits: [ip], merchant: 'x' }, "throttling.merchant: got 'x'; use a"],
  ['a path to skip', { limits: [ip], skip: '/health' }, "throttling.skip: got '/health'; use a"],
  ['clientIp with trustProxy', { limits: [ip], clientIp: () => '', trustProxy: 1 }, 'trustProxy'],
  ['an odd timeout', { limits: [ip], timeout: '1m' }, "throttling.timeout: got '1m'"],
])('refuses %s', (_what, options, message) => {
  expect(() => resolveThrottlingOptions(options as ThrottlingModuleOptions, {})).toThrow(message);
});

describe('in production', () => {
  it('refuses to guess which proxies are in front', () => {
    expect(() => resolveThrottlingOptions({ limits: [ip] }, production)).toThrow(
      'throttling.trustProxy: got undefined; set it in production: false if clients connect',
    );
  });

  it.each<Partial<ThrottlingModuleOptions>>([
    { trustProxy: false },
    { trustProxy: 1 },
    { trustProxy: ['10.0.0.0/8'] },
    { clientIp: () => '203.0.113.1' },
    { limits: [merchant] },
  ])('accepts %j', (options) => {
    expect(() => resolveThrottlingOptions({ limits: [ip], ...options }, production)).not.toThrow();
  });
});

it('uses the address that clientIp returns', () => {
  const clientIp: ThrottlingModuleOptions['clientIp'] = ({ headers }) =>
    headers['cf-connecting-ip'] as string | undefined;
  const policy = resolveThrottlingOptions({ limits: [ip], clientIp, ipv6Prefix: 48 }, production);
  expect(policy.clientIp({ headers: { 'cf-connecting-ip': '2001:db8:1:2::9' } })).toBe(
    '2001:db8:1::/48',
  );
  expect(policy.clientIp({ headers: {} })).toBe('unknown');
});
