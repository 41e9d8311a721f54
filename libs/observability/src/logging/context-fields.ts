import { currentContext } from '@loyalnest/core';

/** Returns the fields of the current request context; none outside of a request or job. */
export function contextFields(): Record<string, unknown> {
  const context = currentContext();
  if (!context) return {};
  const { correlationId, traceparent, span, merchantId, attempt } = context;
  const [, traceId, spanId] = traceparent?.split('-') ?? [];
  return {
    correlationId,
    ...(traceId && { traceId }),
    // Without a span of this process, the id is the caller's.
    ...(span && spanId && { spanId }),
    ...(merchantId && { merchant: merchantId }),
    ...(attempt !== undefined && { attempt }),
  };
}
