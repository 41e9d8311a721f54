import {
  Deadline,
  newCorrelationId,
  readContextHeaders,
  type RequestContext,
} from '@loyalnest/core';
import type { IncomingHttpHeaders } from 'node:http';
import type { CorrelationPolicy } from './correlation.options.js';

/** Shorter waits are not worth a correction. */
const NOTICEABLE_MS = 50;

/**
 * The context that a request starts with: its trusted headers and its capped deadline.
 *
 * @param waitedMs how long the request has waited in this process before it could be read
 */
export function inboundContext(
  headers: IncomingHttpHeaders,
  policy: CorrelationPolicy,
  waitedMs = 0,
): RequestContext {
  const { correlationId, traceparent, tracestate, deadline, ...identity } = readContextHeaders(
    headers,
    policy.clock,
    policy.trustIdentity ? policy.ignoredIdentity.note : undefined,
  );
  const requested = policy.trustInbound ? deadline : undefined;
  const limit = capped(requested, policy, waitedMs);
  return {
    ...(policy.trustIdentity && identity),
    ...(policy.trustInbound ? { correlationId } : { correlationId: newCorrelationId() }),
    ...(policy.trustInbound && traceparent && { traceparent }),
    ...(policy.trustInbound && tracestate && { tracestate }),
    ...(limit && { deadline: limit }),
  };
}

/**
 * A deadline is the caller's only if it is shorter than our own request timeout. One that is too short to
 * be served becomes one that has passed: the request is answered at once, and nothing is called. The time
 * runs while a request waits for a busy process.
 */
function capped(
  deadline: Deadline | undefined,
  policy: CorrelationPolicy,
  waitedMs: number,
): Deadline | undefined {
  const { defaultTimeoutMs = Infinity, minTimeoutMs, clock } = policy;
  // A moment has passed since the header was read.
  const requestedMs = deadline ? Math.ceil(deadline.remainingMs) : Infinity;
  if (requestedMs < minTimeoutMs) return Deadline.after(0, clock);
  const isCallers = requestedMs < defaultTimeoutMs;
  const limitMs = isCallers ? requestedMs : defaultTimeoutMs;
  if (limitMs === Infinity) return undefined;
  if (isCallers && waitedMs < NOTICEABLE_MS) return deadline;
  const leftMs = waitedMs < NOTICEABLE_MS ? limitMs : Math.max(0, limitMs - waitedMs);
  return Deadline.after(leftMs, clock, isCallers ? 'caller' : 'own');
}
