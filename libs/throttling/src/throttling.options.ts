import { currentContext, OptionError, SystemClock } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import type { ExecutionContext } from '@nestjs/common';
import { addressTracker, clientAddress } from './client-address/client-address.js';
import { resolveTrustedProxies, type TrustProxy } from './client-address/trusted-proxies.js';
import {
  resolveLimits,
  type ClientOf,
  type ResolvedLimit,
  type ThrottlingLimit,
} from './limits/limit.options.js';
import type { RedisStorageOptions } from './storage/redis-storage.options.js';
import { resolveTimeout } from './storage/timeout.js';

export interface ThrottlingModuleOptions extends RedisStorageOptions {
  /** A request has to keep to all that count for it. At least one. */
  readonly limits: readonly ThrottlingLimit[];
  /**
   * Proxies that are believed in what they say of the client's address; too many let a client choose
   * its address, too few make all clients one. Independent of the setting of the HTTP adapter.
   *
   * @defaultValue false; in production it has to be said if a limit is by IP
   */
  readonly trustProxy?: TrustProxy;
  /** The client's address, where another header names it. @defaultValue by `trustProxy` */
  readonly clientIp?: ClientOf;
  /** The length of the IPv6 prefix that counts as one client; 1 to 128. @defaultValue 64 */
  readonly ipv6Prefix?: number;
  /** The merchant of a request. @defaultValue that of the request context */
  readonly merchant?: ClientOf;
  /** Requests that no limit counts for. @defaultValue none, beside `@SkipThrottle()` */
  readonly skip?: (context: ExecutionContext) => boolean;
  /** Whether answers carry `RateLimit` and `RateLimit-Policy`. @defaultValue true */
  readonly headers?: boolean;
}

/** The options as they are used: checked, defaults filled in. */
export interface ThrottlingPolicy {
  readonly limits: readonly ResolvedLimit[];
  readonly clientIp: (request: Parameters<ClientOf>[0]) => string;
  readonly merchant: ClientOf;
  readonly skip: ((context: ExecutionContext) => boolean) | undefined;
  readonly headers: boolean;
}

/** @throws OptionError */
export function resolveThrottlingOptions(
  options: ThrottlingModuleOptions,
  environment: NodeJS.ProcessEnv = process.env,
): ThrottlingPolicy {
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
      throw new OptionError('throttling.trustProxy', trustProxy, 'leave it out beside clientIp');
    }
    return (request) => addressTracker(clientIp(request), prefix);
  }
  const isNeeded = limits.some(({ by }) => by === 'ip');
  if (trustProxy === undefined && isNeeded && environment['NODE_ENV'] === 'production') {
    throw new OptionError(
      'throttling.trustProxy',
      undefined,
      'in production say how the address of a client is known: false where clients connect ' +
        'directly, 1 behind one proxy, or the addresses of the proxies',
    );
  }
  const isTrusted = resolveTrustedProxies(trustProxy ?? false);
  return (request) => addressTracker(clientAddress(request, isTrusted), prefix);
}

function requireFunction(name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new OptionError(`throttling.${name}`, value, 'use a function');
}
