import {
  Deadline,
  newCorrelationId,
  readContextHeaders,
  type RequestContext,
} from '@loyalnest/core';
import type { IncomingHttpHeaders } from 'node:http';
import type { CorrelationPolicy } from './correlation.options.js';

/** The context that a request starts with: its trusted headers and its capped deadline. */
export function inboundContext(
  headers: IncomingHttpHeaders,
  policy: CorrelationPolicy,
): RequestContext {
  const { correlationId, traceparent, tracestate, deadline, ...identity } = readContextHeaders(
    headers,
    policy.clock,
    policy.trustIdentity ? policy.ignoredIdentity.note : undefined,
  );
  const requested = policy.trustInbound ? deadline : undefined;
  const limit = capped(requested, policy);
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
 * be served becomes one that has passed: the request is answered at once, and nothing is called.
 */
function capped(deadline: Deadline | undefined, policy: CorrelationPolicy): Deadline | undefined {
  const { defaultTimeoutMs = Infinity, minTimeoutMs, clock } = policy;
  // A moment has passed since the header was read.
  const requestedMs = deadline ? Math.ceil(deadline.remainingMs) : Infinity;
  if (requestedMs < minTimeoutMs) return Deadline.after(0, clock);
  if (requestedMs < defaultTimeoutMs) return deadline;
  return defaultTimeoutMs === Infinity ? undefined : Deadline.after(defaultTimeoutMs, clock, 'own');
}
