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

function capped(deadline: Deadline | undefined, policy: CorrelationPolicy): Deadline | undefined {
  const { defaultTimeoutMs, clock } = policy;
  if (defaultTimeoutMs === undefined) return deadline;
  if (deadline && deadline.remainingMs <= defaultTimeoutMs) return deadline;
  return Deadline.after(defaultTimeoutMs, clock);
}
