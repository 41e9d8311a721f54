import { isLoyalNestError } from '@loyalnest/core';

interface RetryAfterLike {
  readonly retryAfter?: unknown;
  readonly headers?: unknown;
  readonly response?: { readonly headers?: unknown };
  /** Trailers of gRPC. */
  readonly metadata?: unknown;
}

/**
 * How long the dependency asks to be left alone, in milliseconds; 0 if it does not ask, Infinity if
 * it must not be called again. Errors of the suite say it themselves; others in `retryAfter`, in the
 * header `Retry-After` (RFC 9110, section 10.2.3: whole seconds or an HTTP date) of `headers` or
 * `response.headers`, or in `grpc-retry-pushback-ms` of `metadata` (gRPC proposal A6).
 *
 * @param nowMs wall clock, for dates
 */
export function retryAfterMsOf(error: unknown, nowMs: number): number {
  if (typeof error !== 'object' || error === null) return 0;
  if (isLoyalNestError(error)) return error.retryAfterMs ?? 0;
  const { retryAfter, headers, response, metadata } = error as RetryAfterLike;
  const pushback = fieldOf(metadata, 'grpc-retry-pushback-ms');
  if (pushback !== undefined) return parsePushback(pushback);
  const name = 'retry-after';
  const value = retryAfter ?? fieldOf(headers, name) ?? fieldOf(response?.headers, name);
  return parseRetryAfter(value, nowMs);
}

function parseRetryAfter(value: unknown, nowMs: number): number {
  if (value instanceof Date) return Math.max(0, value.getTime() - nowMs) || 0;
  const text = String(value ?? '').trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  // A date names its month; Date.parse would also take texts such as '-5'.
  return /[A-Za-z]{3}/.test(text) ? Math.max(0, Date.parse(text) - nowMs) || 0 : 0;
}

/** A6: a value that is negative or no number asks for no retry. */
function parsePushback(value: unknown): number {
  const text = String(value).trim();
  return /^\d+$/.test(text) ? Number(text) : Infinity;
}

/** The field of that name, in lower case; the first of several. */
function fieldOf(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const { get } = fields as { get?: unknown };
  const value: unknown =
    typeof get === 'function' ? get.call(fields, name) : ownField(fields, name);
  return (Array.isArray(value) ? value[0] : value) ?? undefined;
}

function ownField(fields: object, name: string): unknown {
  const own = Object.keys(fields).find((field) => field.toLowerCase() === name);
  return own === undefined ? undefined : Reflect.get(fields, own);
}
