import { currentContext, type RequestContext } from '@loyalnest/core';
import { parseTraceparent } from '@loyalnest/core/toolkit';
import {
  createTraceState,
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { BoundContext } from './bound-context.js';

/** OpenTelemetry's context of the running request or job. */
export function activeContext(): Context {
  return otelContextOf(currentContext());
}

/** Its parent is the span of `context` or, where that came from elsewhere, its `traceparent`. */
export function otelContextOf(context: RequestContext | undefined): Context {
  if (context === undefined) return ROOT_CONTEXT;
  const { span, traceparent, tracestate } = context;
  // Another traceparent was put into the context after the span had begun.
  if (span instanceof BoundContext && span.traceparent === traceparent) return span.otel;
  const remote = remoteSpan(traceparent, tracestate);
  return remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
}

export function remoteSpan(
  traceparent: string | undefined,
  tracestate?: string,
): SpanContext | undefined {
  const parsed = parseTraceparent(traceparent);
  if (!parsed) return undefined;
  return {
    traceId: parsed.traceId,
    spanId: parsed.parentId,
    traceFlags: parsed.flags,
    isRemote: true,
    ...(tracestate && { traceState: createTraceState(tracestate) }),
  };
}
