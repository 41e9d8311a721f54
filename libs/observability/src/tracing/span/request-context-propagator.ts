import { parseTraceparent } from '@loyalnest/core/toolkit';
import {
  trace,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { remoteSpan } from './active-context.js';
import { BoundContext } from './bound-context.js';

/** W3C Trace Context for those who carry it by OpenTelemetry's API. */
export class RequestContextPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const { traceparent } = new BoundContext(context);
    if (!parseTraceparent(traceparent)) return;
    setter.set(carrier, 'traceparent', traceparent!);
    const state = trace.getSpanContext(context)?.traceState?.serialize();
    if (state) setter.set(carrier, 'tracestate', state);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const one = (name: string): string | undefined => {
      const value = getter.get(carrier, name);
      return Array.isArray(value) ? undefined : value;
    };
    const span = remoteSpan(one('traceparent'), one('tracestate'));
    return span ? trace.setSpanContext(context, span) : context;
  }

  fields(): string[] {
    return ['traceparent', 'tracestate'];
  }
}
