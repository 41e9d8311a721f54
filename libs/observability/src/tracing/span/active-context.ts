import { currentContext, type RequestContext } from '@loyalnest/core';
import { parseTraceparent } from '@loyalnest/core/toolkit';
import {
  createTraceState,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { BoundContext } from './bound-context.js';

/** Returns OpenTelemetry's context of the current request or job. */
export function activeContext(): Context {
  return otelContextOf(currentContext());
}

/**
 * Returns OpenTelemetry's context of `context`. A new span becomes a child of the span in `context`, or
 * of the caller that sent the `traceparent` if this process has not started a span yet.
 */
export function otelContextOf(context: RequestContext | undefined): Context {
  if (context === undefined) return ROOT_CONTEXT;
  const { span, traceparent, tracestate } = context;
  // The span is used only while the traceparent is its own: code may have replaced it since.
  if (span instanceof BoundContext && span.traceparent === traceparent) return span.otel;
  const remote = remoteSpan(traceparent, tracestate);
  return remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT;
}

/**
 * Returns the caller's span, or undefined if `traceparent` is not valid. Only the `sampled` flag is
 * kept: it is the only one that we understand.
 */
export function remoteSpan(
  traceparent: string | undefined,
  tracestate?: string,
): SpanContext | undefined {
  const parsed = parseTraceparent(traceparent);
  if (!parsed) return undefined;
  return {
    traceId: parsed.traceId,
    spanId: parsed.parentId,
    traceFlags: parsed.flags & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate && { traceState: createTraceState(tracestate) }),
  };
}
