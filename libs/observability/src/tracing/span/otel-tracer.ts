import {
  currentContext,
  type OpenSpan,
  type RequestContext,
  runInChildContext,
  type SpanDescription,
  type SpanKind,
} from '@loyalnest/core';
import type { SpanTracer } from '@loyalnest/core/toolkit';
import {
  ROOT_CONTEXT,
  SpanKind as OtelKind,
  trace,
  type Link,
  type Tracer,
} from '@opentelemetry/api';
import { types } from 'node:util';
import { otelContextOf, remoteSpan } from './active-context.js';
import { BoundContext, withoutPersonalData } from './bound-context.js';

const KINDS: Readonly<Record<SpanKind, OtelKind>> = {
  server: OtelKind.SERVER,
  consumer: OtelKind.CONSUMER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
  internal: OtelKind.INTERNAL,
};

const CORRELATION_ATTRIBUTE = 'loyalnest.correlation_id';
const MERCHANT_ATTRIBUTE = 'loyalnest.merchant_id';

/**
 * Creates the spans that the libs request. Requests, jobs and schedules start a trace. Calls and
 * SQL get a span only inside of one, so polls and probes create none.
 */
export class OtelTracer implements SpanTracer {
  constructor(
    private readonly tracer: Tracer,
    private readonly silentRoutes: readonly string[],
  ) {}

  trace<T>(
    kind: SpanKind,
    describe: () => SpanDescription,
    task: (span: OpenSpan | undefined) => T,
  ): T {
    const context = currentContext();
    const begins = kind === 'server' || kind === 'consumer' || isWithinSpan(context);
    if (!begins && kind !== 'internal') return task(undefined);
    const description = describe();
    if (!begins && description.newTrace !== true) return task(undefined);
    if (kind === 'server' && this.isSilent(description)) return task(undefined);
    const bound = this.open(kind, description, context);
    return runInChildContext(
      {
        span: bound,
        traceparent: bound.traceparent,
        ...(description.newTrace && { tracestate: undefined }),
      },
      () => endWith(bound, task),
    );
  }

  private open(
    kind: SpanKind,
    { name, attributes = {}, links = [], newTrace }: SpanDescription,
    context: RequestContext | undefined,
  ): BoundContext {
    const parent = newTrace ? ROOT_CONTEXT : otelContextOf(context);
    const span = this.tracer.startSpan(
      name,
      {
        kind: KINDS[kind],
        attributes: withoutPersonalData({
          ...attributes,
          [CORRELATION_ATTRIBUTE]: context?.correlationId,
          [MERCHANT_ATTRIBUTE]: context?.merchantId,
        }),
        links: links.flatMap(linkTo),
      },
      parent,
    );
    const bound = new BoundContext(trace.setSpan(parent, span));
    bound.merchantId = context?.merchantId;
    noteMerchant(context);
    return bound;
  }

  private isSilent({ attributes }: SpanDescription): boolean {
    const path = attributes?.['url.path'];
    if (typeof path !== 'string') return false;
    return this.silentRoutes.some((route) => path === route || path.startsWith(`${route}/`));
  }
}

function isWithinSpan(context: RequestContext | undefined): boolean {
  return context?.span instanceof BoundContext && context.span.traceparent !== undefined;
}

/** Adds the merchant to the current span, in case it became known after the span started. */
function noteMerchant(context: RequestContext | undefined): void {
  if (!(context?.span instanceof BoundContext) || context.merchantId === undefined) return;
  if (context.span.merchantId === context.merchantId) return;
  context.span.merchantId = context.merchantId;
  context.span.set({ [MERCHANT_ATTRIBUTE]: context.merchantId });
}

function linkTo(traceparent: string): Link[] {
  const context = remoteSpan(traceparent);
  return context ? [{ context }] : [];
}

function endWith<T>(span: BoundContext, task: (span: OpenSpan) => T): T {
  let result: T;
  try {
    result = task(span);
  } catch (error) {
    span.fail(error);
    span.end();
    throw error;
  }
  if (!types.isPromise(result)) {
    span.end();
    return result;
  }
  result.then(
    () => span.end(),
    (error: unknown) => {
      span.fail(error);
      span.end();
    },
  );
  return result;
}
