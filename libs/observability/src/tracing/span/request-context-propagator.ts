import {
  trace,
  TraceFlags,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

/**
 * W3C Trace Context for code that propagates it through OpenTelemetry's API.
 *
 * OpenTelemetry's own propagator with two corrections. It ignores several `traceparent` headers in
 * one request, because it is unclear which one is right. It keeps only the `sampled` flag of a
 * caller, because the original writes flags above `0f` with three digits, which no receiver can
 * parse.
 */
export class RequestContextPropagator
  extends W3CTraceContextPropagator
  implements TextMapPropagator
{
  override extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = getter.get(carrier, 'traceparent');
    if (Array.isArray(header) && header.length > 1) return context;
    const extracted = super.extract(context, carrier, getter);
    const span = extracted === context ? undefined : trace.getSpanContext(extracted);
    if (span === undefined) return context;
    const traceFlags = span.traceFlags & TraceFlags.SAMPLED;
    return trace.setSpanContext(context, { ...span, traceFlags });
  }
}
