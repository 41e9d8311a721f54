import type { Clock } from '../clock/clock.js';
import { Deadline } from './deadline.js';
import { CORRELATION_ID, newCorrelationId, type RequestContext } from './request-context.js';

export const CORRELATION_HEADER = 'x-correlation-id';
/** Accepted as another name of {@link CORRELATION_HEADER}. */
export const REQUEST_ID_HEADER = 'x-request-id';
export const TRACEPARENT_HEADER = 'traceparent';
export const MERCHANT_HEADER = 'x-merchant-id';
export const USER_HEADER = 'x-user-id';
/** Remaining time in whole milliseconds, as in gRPC's `grpc-timeout`. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';

/** Header version-traceid-parentid-flags of W3C Trace Context, level 1. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;
const TIMEOUT = /^\d{1,9}$/;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the context that a request brought along. An id that does not match
 * {@link CORRELATION_ID} is replaced by a new one; other malformed headers are left out.
 */
export function readContextHeaders(headers: Headers, clock: Clock): RequestContext {
  const id = accept(headers, CORRELATION_HEADER, CORRELATION_ID);
  const timeout = accept(headers, TIMEOUT_HEADER, TIMEOUT);
  const traceparent = accept(headers, TRACEPARENT_HEADER, TRACEPARENT);
  const merchantId = accept(headers, MERCHANT_HEADER, CORRELATION_ID);
  const userId = accept(headers, USER_HEADER, CORRELATION_ID);
  return {
    correlationId: id ?? accept(headers, REQUEST_ID_HEADER, CORRELATION_ID) ?? newCorrelationId(),
    ...(traceparent && { traceparent }),
    ...(merchantId && { merchantId }),
    ...(userId && { userId }),
    ...(timeout && { deadline: Deadline.after(Number(timeout), clock) }),
  };
}

/** The headers that carry `context` to the next service, its deadline as remaining time. */
export function writeContextHeaders(context: RequestContext): Record<string, string> {
  const { correlationId, traceparent, merchantId, userId, deadline } = context;
  return {
    [CORRELATION_HEADER]: correlationId,
    ...(traceparent && { [TRACEPARENT_HEADER]: traceparent }),
    ...(merchantId && { [MERCHANT_HEADER]: merchantId }),
    ...(userId && { [USER_HEADER]: userId }),
    ...(deadline && { [TIMEOUT_HEADER]: String(Math.floor(deadline.remainingMs)) }),
  };
}

function accept(headers: Headers, name: string, pattern: RegExp): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
