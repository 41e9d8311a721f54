import { redactText } from '@loyalnest/core/toolkit';
import type { OpenSpan, SpanAttributes } from '@loyalnest/core';
import {
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { describeFailure } from './failure.js';

/** Attributes that may hold what users typed. */
const FREE_TEXT = ['url.path', 'url.full', 'db.query.text'];

/**
 * OpenTelemetry's context as the request context carries it, and the span in it as libs see it, which
 * know no OpenTelemetry.
 */
export class BoundContext implements OpenSpan {
  /** Undefined where there is no span in the context. */
  readonly traceparent: string | undefined;
  /** The merchant that the span tells of. */
  merchantId: string | undefined;
  private readonly span: Span | undefined;

  constructor(readonly otel: Context) {
    this.span = trace.getSpan(otel);
    this.traceparent = traceparentOf(this.span);
  }

  rename(name: string): void {
    this.span?.updateName(name);
  }

  set(attributes: SpanAttributes): void {
    this.span?.setAttributes(withoutPersonalData(attributes));
  }

  addEvent(name: string, attributes: SpanAttributes = {}): void {
    this.span?.addEvent(name, withoutPersonalData(attributes));
  }

  fail(error: unknown): void {
    const { type, exception } = describeFailure(error);
    this.span?.setAttribute('error.type', type);
    this.span?.setStatus({ code: SpanStatusCode.ERROR });
    if (exception) this.span?.addEvent('exception', exception);
  }

  end(): void {
    this.span?.end();
  }
}

/** What OpenTelemetry takes: no undefined, no personal data in free text. */
export function withoutPersonalData(attributes: SpanAttributes): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    kept[name] = typeof value === 'string' && FREE_TEXT.includes(name) ? redactText(value) : value;
  }
  return kept;
}

function traceparentOf(span: Span | undefined): string | undefined {
  if (span === undefined) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
}
