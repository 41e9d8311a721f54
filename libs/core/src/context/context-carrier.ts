import { isContextId } from './context-id.js';
import { CORRELATION_ID, newCorrelationId, type RequestContext } from './request-context.js';

/** The part of a context that is stored with an event or a job, and so outlives the request. */
export interface ContextCarrier {
  readonly correlationId: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly merchantId?: string;
  readonly userId?: string;
}

/** Returns what a job or an event stores of `context`. Without one, a new correlation id. */
export function toCarrier(context: RequestContext | undefined): ContextCarrier {
  if (!context) return { correlationId: newCorrelationId() };
  const { correlationId, traceparent, tracestate, merchantId, userId } = context;
  return {
    correlationId,
    ...(traceparent && { traceparent }),
    ...(traceparent && tracestate && { tracestate }),
    ...(merchantId && { merchantId }),
    ...(userId && { userId }),
  };
}

/**
 * Returns whether a stored value is a context that code can run in. Ids are stored as they are, without
 * the encoding of headers.
 */
export function isContextCarrier(stored: unknown): stored is ContextCarrier {
  if (typeof stored !== 'object' || stored === null) return false;
  const { correlationId, merchantId, userId } = stored as Partial<ContextCarrier>;
  return (
    typeof correlationId === 'string' &&
    CORRELATION_ID.test(correlationId) &&
    (merchantId === undefined || isContextId(merchantId)) &&
    (userId === undefined || isContextId(userId))
  );
}
