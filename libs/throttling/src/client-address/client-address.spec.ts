import { addressTracker, clientAddress } from './client-address.js';
import type { TrustProxy } from './trust-proxy.js';
import { resolveTrustedProxies } from './trusted-proxies.js';

const PROXY = '10.0.0.7';
const CLIENT = '203.0.113.9';

function addressOf(trust: TrustProxy, forwarded?: string | string[], remote = PROXY) {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  const request = { headers, socket: { remoteAddress: remote } };
  return clientAddress(request, resolveTrustedProxies(trust));
}

it.each<[string, TrustProxy, string | string[] | undefined, string]>([
  ['nobody is trusted', false, CLIENT, PROXY],
  ['the proxy names no client', 1, undefined, PROXY],
  ['the proxy names the client', 1, CLIENT, CLIENT],
  ['the client has written a header itself', 1, `1.2.3.4, ${CLIENT}`, CLIENT],
  ['two proxies are in front', 2, `1.2.3.4, ${CLIENT}, 192.0.2.1`, CLIENT],
  ['fewer proxies are in front than trusted', 3, CLIENT, CLIENT],
  ['the header has two lines', 1, ['1.2.3.4', CLIENT], CLIENT],
  ['the proxy is in a trusted network', ['10.0.0.0/8'], `1.2.3.4, ${CLIENT}`, CLIENT],
  [
    'the proxies are in several trusted networks',
    ['uniquelocal', '192.0.2.1'],
    `${CLIENT}, 192.0.2.1`,
    CLIENT,
  ],
  ['the sender is in no trusted network', ['192.168.0.0/16'], CLIENT, PROXY],
  ['all are trusted', ['10.0.0.0/8'], '10.0.0.1, 10.0.0.2', '10.0.0.1'],
  ['the entry has a port', 1, `${CLIENT}:51234`, CLIENT],
  ['the entry is IPv6 with a port', 1, '[2001:db8::1]:443', '2001:db8::1'],
  ['the entry is not an address', 1, 'unknown', PROXY],
  ['the entry is a host with a port', 1, 'evil.example:80', PROXY],
  ['the header is empty', 1, ', ,', PROXY],
])('finds the client when %s', (_case, trust, forwarded, expected) => {
  expect(addressOf(trust, forwarded)).toBe(expected);
});

it('recognizes a trusted IPv4 proxy on an IPv6 socket', () => {
  expect(addressOf(['10.0.0.0/8'], CLIENT, '::ffff:10.0.0.7')).toBe(CLIENT);
});

it('recognizes trusted IPv6 networks, and link-local addresses with a zone', () => {
  expect(addressOf(['2001:db8:1::/48'], CLIENT, '2001:db8:1::5')).toBe(CLIENT);
  expect(addressOf(['2001:db8:1::/48'], CLIENT, '2001:db8:2::5')).toBe('2001:db8:2::5');
  expect(addressOf(['linklocal'], CLIENT, 'fe80::1%eth0')).toBe(CLIENT);
});

it('finds the client behind a proxy on a Unix socket', () => {
  expect(clientAddress({ headers: { 'x-forwarded-for': CLIENT }, socket: {} }, () => true)).toBe(
    CLIENT,
  );
  expect(clientAddress({ headers: {} }, () => false)).toBeUndefined();
});

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
  [undefined, 'unknown'],
])('counts %s as %s', (address, tracker) => {
  expect(addressTracker(address, 64)).toBe(tracker);
});

it.each([0, 11, 1.5, Number.NaN, true, [], ['10.0.0.0/33'], ['10.0.0.0/'], ['proxy'], ['::1/129']])(
  'refuses to trust %j',
  (trust) => {
    expect(() => resolveTrustedProxies(trust as TrustProxy)).toThrow('throttling.trustProxy');
  },
);
