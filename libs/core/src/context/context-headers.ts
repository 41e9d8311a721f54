import type { Clock } from '../clock/clock.js';
import { Deadline } from './deadline.js';
import { CORRELATION_ID, newCorrelationId, type RequestContext } from './request-context.js';
import { parseTraceparent } from './traceparent.js';

export const CORRELATION_HEADER = 'x-correlation-id';
/** Accepted as another name of {@link CORRELATION_HEADER}. */
export const REQUEST_ID_HEADER = 'x-request-id';
export const TRACEPARENT_HEADER = 'traceparent';
export const TRACESTATE_HEADER = 'tracestate';
export const MERCHANT_HEADER = 'x-merchant-id';
export const USER_HEADER = 'x-user-id';
/** Remaining time in whole milliseconds, as in gRPC's `grpc-timeout`. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';

/** As long as every system must be able to carry (W3C Trace Context, section 3.3.1.5). */
const TRACESTATE = /^[\t\x20-\x7e]{1,512}$/;
const TIMEOUT = /^\d{1,9}$/;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the context that a request brought along. An id that does not match
 * {@link CORRELATION_ID} is replaced by a new one; other malformed headers are left out.
 */
export function readContextHeaders(headers: Headers, clock: Clock): RequestContext {
  const id = accept(headers, CORRELATION_HEADER, CORRELATION_ID);
  const timeout = accept(headers, TIMEOUT_HEADER, TIMEOUT);
  const traceparent = traceparentOf(headers);
  const tracestate = traceparent && accept(headers, TRACESTATE_HEADER, TRACESTATE);
  const merchantId = accept(headers, MERCHANT_HEADER, CORRELATION_ID);
  const userId = accept(headers, USER_HEADER, CORRELATION_ID);
  return {
    correlationId: id ?? accept(headers, REQUEST_ID_HEADER, CORRELATION_ID) ?? newCorrelationId(),
    ...(traceparent && { traceparent }),
    ...(tracestate && { tracestate }),
    ...(merchantId && { merchantId }),
    ...(userId && { userId }),
    ...(timeout && { deadline: Deadline.after(Number(timeout), clock) }),
  };
}

/** The headers that carry `context` to the next service, its deadline as remaining time. */
export function writeContextHeaders(context: RequestContext): Record<string, string> {
  const { correlationId, traceparent, tracestate, merchantId, userId, deadline } = context;
  return {
    [CORRELATION_HEADER]: correlationId,
    ...(traceparent && { [TRACEPARENT_HEADER]: traceparent }),
    ...(traceparent && tracestate && { [TRACESTATE_HEADER]: tracestate }),
    ...(merchantId && { [MERCHANT_HEADER]: merchantId }),
    ...(userId && { [USER_HEADER]: userId }),
    ...(deadline && { [TIMEOUT_HEADER]: String(Math.floor(deadline.remainingMs)) }),
  };
}

function traceparentOf(headers: Headers): string | undefined {
  const value = headers[TRACEPARENT_HEADER];
  return typeof value === 'string' && parseTraceparent(value) ? value : undefined;
}

function accept(headers: Headers, name: string, pattern: RegExp): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
