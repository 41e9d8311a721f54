import type { Clock } from '../clock/clock.js';
import { decodeContextId, encodeContextId } from './context-id.js';
import { Deadline } from './deadline.js';
import { CORRELATION_ID, newCorrelationId, type RequestContext } from './request-context.js';
import { parseTraceparent } from './traceparent.js';

/** The headers that propagate a {@link RequestContext} from one service to the next. */
export const CONTEXT_HEADERS = {
  correlationId: 'x-correlation-id',
  /** Read as another name of the correlation id; never written. */
  requestId: 'x-request-id',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
  merchantId: 'x-merchant-id',
  userId: 'x-user-id',
  /** Remaining time in whole milliseconds, as in gRPC's `grpc-timeout`. */
  timeout: 'x-request-timeout-ms',
} as const;

/** The length that every system must propagate (W3C Trace Context, section 3.3.1.5). */
const TRACESTATE = /^[\t\x20-\x7e]{1,512}$/;
const TIMEOUT = /^\d{1,9}$/;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads the context from the headers of a request. Replaces a correlation id that does not match
 * {@link CORRELATION_ID} by a new one, and ignores other malformed headers. Ids of merchants and users
 * are decoded; see {@link writeContextHeaders}.
 *
 * @param onIgnored called with the name of an identity header that is there but malformed
 */
export function readContextHeaders(
  headers: Headers,
  clock: Clock,
  onIgnored?: (header: string) => void,
): RequestContext {
  const id = accept(headers, CONTEXT_HEADERS.correlationId, CORRELATION_ID);
  const timeout = accept(headers, CONTEXT_HEADERS.timeout, TIMEOUT);
  const traceparent = traceparentOf(headers);
  const tracestate = traceparent && accept(headers, CONTEXT_HEADERS.tracestate, TRACESTATE);
  const merchantId = idOf(headers, CONTEXT_HEADERS.merchantId, onIgnored);
  const userId = idOf(headers, CONTEXT_HEADERS.userId, onIgnored);
  return {
    correlationId:
      id ?? accept(headers, CONTEXT_HEADERS.requestId, CORRELATION_ID) ?? newCorrelationId(),
    ...(traceparent && { traceparent }),
    ...(tracestate && { tracestate }),
    ...(merchantId && { merchantId }),
    ...(userId && { userId }),
    ...(timeout && { deadline: Deadline.after(Number(timeout), clock) }),
  };
}

/**
 * Returns the headers that propagate `context` to the next service. The deadline is remaining time.
 * Ids of merchants and users are percent-encoded (RFC 3986, UTF-8) if they contain anything but letters,
 * digits and `._:-`. A malformed `traceparent` or `tracestate` is left out.
 */
export function writeContextHeaders(context: RequestContext): Record<string, string> {
  const { correlationId, tracestate, merchantId, userId, deadline } = context;
  const traceparent = parseTraceparent(context.traceparent) && context.traceparent;
  return {
    [CONTEXT_HEADERS.correlationId]: correlationId,
    ...(traceparent && { [CONTEXT_HEADERS.traceparent]: traceparent }),
    ...(traceparent &&
      tracestate &&
      TRACESTATE.test(tracestate) && { [CONTEXT_HEADERS.tracestate]: tracestate }),
    ...(merchantId && { [CONTEXT_HEADERS.merchantId]: encodeContextId(merchantId) }),
    ...(userId && { [CONTEXT_HEADERS.userId]: encodeContextId(userId) }),
    ...(deadline && { [CONTEXT_HEADERS.timeout]: String(Math.floor(deadline.remainingMs)) }),
  };
}

function traceparentOf(headers: Headers): string | undefined {
  const value = headers[CONTEXT_HEADERS.traceparent];
  return typeof value === 'string' && parseTraceparent(value) ? value : undefined;
}

function idOf(
  headers: Headers,
  name: string,
  onIgnored: ((header: string) => void) | undefined,
): string | undefined {
  const value = headers[name];
  if (value === undefined) return undefined;
  const id = typeof value === 'string' ? decodeContextId(value) : undefined;
  if (id === undefined) onIgnored?.(name);
  return id;
}

function accept(headers: Headers, name: string, pattern: RegExp): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
