import { Logger } from '@nestjs/common';
import { isBroadTrust } from './broad-trust.js';
import type { TrustProxy } from './trust-proxy.js';
import { resolveTrustedProxies } from './trusted-proxies.js';

afterEach(() => jest.restoreAllMocks());

const BROAD: readonly (readonly string[])[] = [
  ['0.0.0.0/0'],
  ['::/0'],
  ['0.0.0.0/1', '128.0.0.0/1'],
  ['10.0.0.0/8', '8.0.0.0/5'],
  ['10.0.0.0/7'],
  ['8.0.0.0/8'],
  ['1.2.3.4/2'],
  Array.from({ length: 256 }, (_none, i) => `203.${i}.0.0/16`),
  ['::ffff:0:0/96'],
  ['::ffff:0.0.0.0/97', '::ffff:128.0.0.0/97'],
  ['::/64'],
  ['2000::/3'],
  ['2001::/16'],
  ['loopback', '::/1', '8000::/1'],
];

it.each(BROAD)('a list that trusts the Internet is refused in production: %s …', (...list) => {
  const trust = (environment: NodeJS.ProcessEnv) => resolveTrustedProxies(list, environment);
  expect(() => trust({ NODE_ENV: 'production' })).toThrow(
    /^throttling\.trustProxy: got [^]*; any client could choose its address .*; list only/,
  );
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  expect(() => trust({ NODE_ENV: 'development' })).not.toThrow();
  expect(warn.mock.calls.flat()).toEqual([
    expect.stringMatching(/^throttling\.trustProxy trusts too many addresses: /),
  ]);
});

it.each([
  [['loopback', 'linklocal', 'uniquelocal']],
  [['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fe80::/10']],
  // Cloudflare
  [['173.245.48.0/20', '103.21.244.0/22', '162.158.0.0/15', '104.16.0.0/13', '172.64.0.0/13']],
  [['2400:cb00::/32', '2606:4700::/32', '2a06:98c0::/29', '2c0f:f248::/32']],
  [['203.0.113.7', '2001:db8::7', '::ffff:203.0.113.7']],
  [['203.0.113.7', '203.0.113.7']],
])('a list of proxies is accepted: %j', (list) => {
  expect(isBroadTrust(list)).toBe(false);
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  resolveTrustedProxies(list, { NODE_ENV: 'production' });
  expect(warn).not.toHaveBeenCalled();
});

it.each<[TrustProxy]>([[false], [1], [10]])('%p names no addresses', (trust) => {
  expect(isBroadTrust(trust)).toBe(false);
});
