import { OptionError } from '@loyalnest/core';
import { isProduction, wholeNumber } from '@loyalnest/core/toolkit';
import { Logger } from '@nestjs/common';
import { BlockList, isIP } from 'node:net';
import { isBroadTrust } from './broad-trust.js';
import type { TrustProxy } from './trust-proxy.js';

/** Returns whether a sender is trusted to name its own sender. `hop` is 0 for the nearest one. */
export type IsTrusted = (address: string, hop: number) => boolean;

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};
const PATH = 'throttling.trustProxy';
const REMEDY =
  'use false if clients connect directly, the number of proxies in front such as 1, ' +
  "or their addresses such as ['10.0.0.0/8', 'loopback']";

/** What is wrong with a list that {@link isBroadTrust} finds too broad, and what to do. */
const BROAD_TRUST =
  'any client could choose its address and bypass every limit; list only the addresses of your ' +
  'proxies, or use their number such as 1';

/** @throws OptionError; in production also for a list that trusts large parts of the Internet */
export function resolveTrustedProxies(
  trust: TrustProxy,
  environment: NodeJS.ProcessEnv = process.env,
): IsTrusted {
  if (trust === false) return () => false;
  if (typeof trust === 'number') {
    const hops = wholeNumber(PATH, trust, { min: 1, max: 10 });
    return (_address, hop) => hop < hops;
  }
  if (!Array.isArray(trust) || trust.length === 0) throw new OptionError(PATH, trust, REMEDY);
  const list = new BlockList();
  trust.forEach((entry: unknown, i) => {
    for (const subnet of NAMED[String(entry)] ?? [entry]) add(list, `${PATH}[${i}]`, subnet);
  });
  if (isBroadTrust(trust)) {
    if (isProduction(environment)) throw new OptionError(PATH, trust, BROAD_TRUST);
    new Logger('Throttling').warn(`${PATH} trusts too many addresses: ${BROAD_TRUST}`);
  }
  return (address) => {
    const [bare = ''] = address.split('%');
    const version = isIP(bare);
    return version !== 0 && list.check(bare, version === 6 ? 'ipv6' : 'ipv4');
  };
}

function add(list: BlockList, path: string, subnet: unknown): void {
  const [address = '', length, ...rest] = String(subnet).split('/');
  const version = isIP(address);
  const longest = version === 6 ? 128 : 32;
  const bits = length === undefined ? longest : Number(length);
  const isWhole = /^\d*$/.test(length ?? '') && length !== '';
  if (version === 0 || rest.length > 0 || !isWhole || bits > longest) {
    throw new OptionError(path, subnet, REMEDY);
  }
  list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
}
