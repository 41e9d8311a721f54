import { currentContext, OptionError, SystemClock } from '@loyalnest/core';
import { isProduction, wholeNumber } from '@loyalnest/core/toolkit';
import type { ExecutionContext } from '@nestjs/common';
import { addressTracker, clientAddress } from './client-address/client-address.js';
import type { TrustProxy } from './client-address/trust-proxy.js';
import { resolveTrustedProxies } from './client-address/trusted-proxies.js';
import {
  resolveLimits,
  type ClientOf,
  type ResolvedLimit,
  type ThrottlingLimit,
} from './limits/limit.options.js';
import type { RedisStorageOptions } from './storage/redis-storage.options.js';
import { refuseThrottlerOptions } from './replaced-options.js';
import { resolveTimeout } from './storage/timeout.js';

/** Options of `ThrottlingModule`. */
export interface ThrottlingModuleOptions extends RedisStorageOptions {
  /** The limits, at least one. A request must keep every limit that counts for it. */
  readonly limits: readonly ThrottlingLimit[];
  /**
   * Proxies that are trusted to name the client's address. With too many, a client can choose its
   * address; with too few, all clients count as one. Independent of the setting of the HTTP adapter.
   * A list that trusts large parts of the Internet, such as `0.0.0.0/0`, is refused in production.
   *
   * @defaultValue false; a limit by IP needs it in production, unless `clientIp` is set
   */
  readonly trustProxy?: TrustProxy;
  /** Returns the client's address, if another header names it. @defaultValue by `trustProxy` */
  readonly clientIp?: ClientOf;
  /** Length of the IPv6 prefix that counts as one client; 1 to 128. @defaultValue 64 */
  readonly ipv6Prefix?: number;
  /** Returns the merchant of a request. @defaultValue that of the request context */
  readonly merchant?: ClientOf;
  /** Returns whether no limit counts for a request. @defaultValue only with `@SkipThrottle()` */
  readonly skip?: (context: ExecutionContext) => boolean;
  /** Whether answers have `RateLimit` and `RateLimit-Policy`. @defaultValue true */
  readonly headers?: boolean;
}

/** The checked options, with defaults filled in. */
export interface ThrottlingPolicy {
  readonly limits: readonly ResolvedLimit[];
  readonly clientIp: (request: Parameters<ClientOf>[0]) => string;
  readonly merchant: ClientOf;
  readonly skip: ((context: ExecutionContext) => boolean) | undefined;
  readonly headers: boolean;
  /** Whether headers decide about the client's address. */
  readonly readsHeaders: boolean;
}

/** @throws OptionError */
export function resolveThrottlingOptions(
  options: ThrottlingModuleOptions,
  environment: NodeJS.ProcessEnv = process.env,
): ThrottlingPolicy {
  refuseThrottlerOptions('throttling', options);
  const clock = options.clock ?? new SystemClock();
  const timeoutMs = resolveTimeout(options.timeout);
  const { merchant = () => currentContext()?.merchantId, skip, headers = true } = options;
  requireFunction('merchant', merchant);
  if (skip !== undefined) requireFunction('skip', skip);
  const limits = resolveLimits(options.limits, timeoutMs, clock);
  return {
    limits,
    clientIp: resolveClientIp(options, limits, environment),
    merchant,
    skip,
    headers,
    readsHeaders: options.clientIp !== undefined || (options.trustProxy ?? false) !== false,
  };
}

function resolveClientIp(
  { clientIp, trustProxy, ipv6Prefix = 64 }: ThrottlingModuleOptions,
  limits: readonly ResolvedLimit[],
  environment: NodeJS.ProcessEnv,
): ThrottlingPolicy['clientIp'] {
  const prefix = wholeNumber('throttling.ipv6Prefix', ipv6Prefix, { min: 1, max: 128 });
  if (clientIp !== undefined) {
    requireFunction('clientIp', clientIp);
    if (trustProxy !== undefined) {
      throw new OptionError('throttling.trustProxy', trustProxy, 'remove it: clientIp is set');
    }
    return (request) => addressTracker(clientIp(request), prefix);
  }
  const isNeeded = limits.some(({ by }) => by === 'ip');
  if (trustProxy === undefined && isNeeded && isProduction(environment)) {
    throw new OptionError(
      'throttling.trustProxy',
      undefined,
      'set it in production: false if clients connect directly, 1 behind one proxy, ' +
        'or the addresses of the proxies',
    );
  }
  const isTrusted = resolveTrustedProxies(trustProxy ?? false, environment);
  return (request) => addressTracker(clientAddress(request, isTrusted), prefix);
}

function requireFunction(name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new OptionError(`throttling.${name}`, value, 'use a function');
}
