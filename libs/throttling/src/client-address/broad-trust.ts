import { BlockList, isIP } from 'node:net';
import type { TrustProxy } from './trust-proxy.js';

/** Networks of private use, which no stranger sends from. They may be trusted as a whole. */
const PRIVATE: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];
const PRIVATE_V6: readonly (readonly [string, number])[] = [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
];
/** The proxies of the largest content delivery networks have fewer addresses. */
const MAX_PUBLIC_BITS = 23;
const MAX_PUBLIC_V6_BITS = 108;
/** `::ffff:0:0/96` is another spelling of all IPv4 addresses. */
const MAPPED_BITS = 96;

const privateV4 = blockList(PRIVATE, 'ipv4');
const privateV6 = blockList(PRIVATE_V6, 'ipv6');

/**
 * Returns whether a list of proxies trusts so much of the public Internet that strangers could choose
 * their address, and with it bypass every limit: `0.0.0.0/0`, `::/0`, or parts that add up to as much.
 * More than half of a /8 of public IPv4 addresses, or a /20 of public IPv6 addresses, is too much.
 */
export function isBroadTrust(trust: TrustProxy): boolean {
  if (!Array.isArray(trust)) return false;
  let publicV4 = 0;
  let publicV6 = 0;
  for (const entry of new Set(trust)) {
    const [address = '', length] = entry.split('/');
    const version = isIP(address);
    if (version === 0) continue;
    const bits = length === undefined ? (version === 6 ? 128 : 32) : Number(length);
    if (version === 4) publicV4 += sizeOf(address, bits);
    else if (isMapped(address, bits)) publicV4 += 2 ** Math.min(32, 128 - bits);
    else publicV6 += sizeOfV6(address, bits);
  }
  return publicV4 > 2 ** MAX_PUBLIC_BITS || publicV6 > 2 ** MAX_PUBLIC_V6_BITS;
}

function sizeOf(address: string, bits: number): number {
  const isPrivate = privateV4.check(address, 'ipv4') && PRIVATE.some(within(address, bits, 'ipv4'));
  return isPrivate ? 0 : 2 ** (32 - bits);
}

function sizeOfV6(address: string, bits: number): number {
  const isPrivate =
    privateV6.check(address, 'ipv6') && PRIVATE_V6.some(within(address, bits, 'ipv6'));
  return isPrivate ? 0 : 2 ** (128 - bits);
}

/** Whether a network is a part of another one. */
function within(
  address: string,
  bits: number,
  version: 'ipv4' | 'ipv6',
): (network: readonly [string, number]) => boolean {
  return ([base, length]) =>
    bits >= length && blockList([[base, length]], version).check(address, version);
}

function isMapped(address: string, bits: number): boolean {
  const network = blockList([[address, bits]], 'ipv6');
  return bits < MAPPED_BITS
    ? network.check('::ffff:0:0', 'ipv6')
    : blockList([['::ffff:0:0', MAPPED_BITS]], 'ipv6').check(address, 'ipv6');
}

function blockList(
  networks: readonly (readonly [string, number])[],
  version: 'ipv4' | 'ipv6',
): BlockList {
  const list = new BlockList();
  for (const [address, bits] of networks) list.addSubnet(address, bits, version);
  return list;
}
