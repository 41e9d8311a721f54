import type { Cell } from '@loyalnest/core/toolkit';
import type { ExecutionContext } from '@nestjs/common';
import type { ThrottlerLimitDetail } from '@nestjs/throttler';
import { remaining, resetSeconds, retryAfterMs } from './cell-state.js';
import type { RouteLimit } from './limits/route-limit.js';
import type { LimitState } from './rate-limit-headers.js';
import type { Verdict } from './storage/verdict.js';
import { requestCounted } from './throttling.events.js';

/** What the hooks of `@nestjs/throttler` get about a refused request. */
export interface ThrottlingLimitDetail extends ThrottlerLimitDetail {
  /** Name of the refusing limit with the longest wait. */
  readonly name: string;
  readonly retryAfterMs: number;
}

/** A limit that counts a request, and for whom. */
export interface Counted {
  readonly limit: RouteLimit;
  readonly client: string;
  readonly cell: Cell;
}

/** Returns what the hooks get about each limit of a refused request. */
export function refusedDetails(
  counted: readonly Counted[],
  { aheadUs }: Verdict,
): readonly ThrottlingLimitDetail[] {
  return counted.map(({ limit: { name }, client, cell: { key, rate } }, i) => ({
    name,
    key,
    tracker: client,
    limit: rate.limit,
    ttl: rate.perMs,
    totalHits: rate.burst - remaining(aheadUs[i]!, rate),
    timeToExpire: resetSeconds(aheadUs[i]!),
    isBlocked: true,
    retryAfterMs: retryAfterMs(aheadUs[i]!, rate),
    timeToBlockExpire: Math.ceil(retryAfterMs(aheadUs[i]!, rate) / 1_000),
  }));
}

/** Keys that the guards have counted for an execution, which all of them get as the same object. */
const countedKeys = new WeakMap<ExecutionContext, Set<string>>();

/** Returns what no other guard has counted for this execution, and notes it. */
export function notYetCounted(
  context: ExecutionContext,
  found: readonly Counted[],
): readonly Counted[] {
  let keys = countedKeys.get(context);
  if (!keys) countedKeys.set(context, (keys = new Set()));
  const rest = found.filter(({ cell }) => !keys.has(cell.key));
  for (const { cell } of rest) keys.add(cell.key);
  return rest;
}

/** Publishes which limits counted a request, and which refused it. */
export function publishCount(
  app: string,
  counted: readonly Counted[],
  { allowed, aheadUs, fallback }: Verdict,
): void {
  const refuses = ({ cell: { rate } }: Counted, i: number): boolean =>
    !allowed && retryAfterMs(aheadUs[i]!, rate) > 0;
  requestCounted.publish({
    app,
    limits: counted.map(({ limit }) => limit.name),
    refusedBy: counted.filter(refuses).map(({ limit }) => limit.name),
    fallback: fallback === true,
  });
}

const ANNOUNCED = Symbol('loyalnest:throttling:announced');

/**
 * Returns the states to announce in the headers of a request: also those that were counted earlier,
 * before the verified limits or for another field of a GraphQL operation. The last count of a limit holds.
 */
export function announcedStates(
  request: { [ANNOUNCED]?: readonly LimitState[] },
  counted: readonly Counted[],
  { aheadUs }: Verdict,
): readonly LimitState[] {
  const states = counted.map(({ limit: { name }, cell: { rate } }, i): LimitState => ({
    name,
    rate,
    aheadUs: aheadUs[i]!,
  }));
  const earlier = request[ANNOUNCED]?.filter(
    ({ name }) => !states.some((state) => state.name === name),
  );
  return (request[ANNOUNCED] = earlier === undefined ? states : [...earlier, ...states]);
}
