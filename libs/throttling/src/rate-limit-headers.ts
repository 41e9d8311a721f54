import type { ResolvedRate } from '@loyalnest/core/toolkit';
import { remaining, resetSeconds } from './cell-state.js';

/** A limit and how far its client is ahead of its rate. */
export interface LimitState {
  readonly name: string;
  readonly rate: ResolvedRate;
  readonly aheadUs: number;
}

/**
 * Returns `RateLimit-Policy` and `RateLimit` as lists of structured fields
 * (draft-ietf-httpapi-ratelimit-headers-10): quota and window; remaining requests, and the seconds until
 * all of them remain again.
 */
export function rateLimitHeaders(states: readonly LimitState[]): {
  readonly policy: string;
  readonly limit: string;
} {
  let policy = '';
  let limit = '';
  for (const { name, rate, aheadUs } of states) {
    const separator = policy === '' ? '' : ', ';
    policy += `${separator}${policyOf(name, rate)}`;
    limit += `${separator}"${name}";r=${remaining(aheadUs, rate)};t=${resetSeconds(aheadUs)}`;
  }
  return { policy, limit };
}

/** Cache. Each rate belongs to one limit, whose policy is the same in every answer. */
const policies = new WeakMap<ResolvedRate, string>();

function policyOf(name: string, rate: ResolvedRate): string {
  let policy = policies.get(rate);
  if (policy === undefined) {
    policy = `"${name}";q=${rate.limit};w=${Math.ceil(rate.perMs / 1_000)}`;
    policies.set(rate, policy);
  }
  return policy;
}
