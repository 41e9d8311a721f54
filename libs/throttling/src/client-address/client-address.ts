import { normalizeIp } from '@nestjs/throttler';
import type { ThrottledRequest } from '../throttled-request.js';
import { forwardedAddress, nearestFirst } from './forwarded-for.js';
import type { IsTrusted } from './trusted-proxies.js';

/**
 * Returns the address of the client: that of the connection or, as long as the sender is a trusted proxy,
 * the one that the proxy names. Never reads entries that a client wrote itself, because they come after
 * the first untrusted sender. Does not depend on the settings of the HTTP adapter.
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
    // The proxy does not name its sender, so nothing further away is known.
    if (named === undefined) break;
    address = named;
    if (!isTrusted(address, ++hop)) break;
  }
  return address || undefined;
}

/**
 * Returns the name under which a client is counted: its IPv4 address, even on an IPv6 socket, or the
 * prefix of its IPv6 address, because a customer of a provider gets all addresses of a prefix.
 */
export function addressTracker(address: string | undefined, ipv6Prefix: number): string {
  return address === undefined ? 'unknown' : normalizeIp(address, ipv6Prefix);
}
