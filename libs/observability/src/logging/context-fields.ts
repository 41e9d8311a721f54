import { currentContext } from '@loyalnest/core';

/** The request context on every line, whoever writes it. */
export function contextFields(): Record<string, unknown> {
  const context = currentContext();
  if (!context) return {};
  const { correlationId, traceparent, span, merchantId, attempt } = context;
  const [, traceId, spanId] = traceparent?.split('-') ?? [];
  return {
    correlationId,
    ...(traceId && { traceId }),
    // Without a span of this process it would be the caller's.
    ...(span && spanId && { spanId }),
    ...(merchantId && { merchant: merchantId }),
    ...(attempt !== undefined && { attempt }),
  };
}
