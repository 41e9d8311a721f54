import { normalizeIp } from '@nestjs/throttler';
import type { ThrottledRequest } from '../throttled-request.js';
import { forwardedAddress, nearestFirst } from './forwarded-for.js';
import type { IsTrusted } from './trusted-proxies.js';

/**
 * The client's address: that of the connection, or, while the sender is a trusted proxy, the one that
 * the proxy names. What a client writes itself stands behind the first sender that is not trusted and
 * is never read. It does not depend on how the HTTP adapter is set.
 */
export function clientAddress(
  { socket, headers }: ThrottledRequest,
  isTrusted: IsTrusted,
): string | undefined {
  let address = socket?.remoteAddress ?? '';
  let hop = 0;
  if (!isTrusted(address, hop)) return address || undefined;
  for (const entry of nearestFirst(headers['x-forwarded-for'])) {
    const named = forwardedAddress(entry);
    // A proxy that names nobody is as far as can be seen.
    if (named === undefined) break;
    address = named;
    if (!isTrusted(address, ++hop)) break;
  }
  return address || undefined;
}

/**
 * What stands for a client: an IPv4 address, also one that came over a socket for both versions, or the
 * prefix of an IPv6 address that one customer of a provider has for all its addresses.
 */
export function addressTracker(address: string | undefined, ipv6Prefix: number): string {
  return address === undefined ? 'unknown' : normalizeIp(address, ipv6Prefix);
}
