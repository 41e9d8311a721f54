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

/** Attributes that may contain user input. */
const FREE_TEXT = ['url.path', 'url.full', 'db.query.text'];

/**
 * OpenTelemetry's context inside the request context. Other libs use its span as an `OpenSpan`,
 * without knowing OpenTelemetry.
 */
export class BoundContext implements OpenSpan {
  /** Undefined if the context contains no span. */
  readonly traceparent: string | undefined;
  /** The merchant in the attributes of the span. */
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

/** Returns `attributes` without undefined values, and without personal data in free text. */
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
