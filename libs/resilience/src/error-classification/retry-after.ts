import { isLoyalNestError } from '@loyalnest/core';
import { parseRetryAfter } from '@loyalnest/core/toolkit';

interface RetryAfterLike {
  readonly retryAfter?: unknown;
  readonly headers?: unknown;
  readonly response?: { readonly headers?: unknown };
  /** Trailers of gRPC. */
  readonly metadata?: unknown;
}

/**
 * How long the dependency asks to be left alone, in milliseconds: 0 if it does not ask, Infinity if it
 * must not be called again. Errors of the suite have `retryAfterMs`. Others have `retryAfter`, a header
 * `Retry-After` in `headers` or `response.headers`, or `grpc-retry-pushback-ms` in `metadata` (gRPC
 * proposal A6).
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
  return parseRetryAfter(value, nowMs) ?? 0;
}

/** A6: a negative value, or one that is no number, asks for no retry. */
function parsePushback(value: unknown): number {
  const text = String(Array.isArray(value) ? value[0] : value).trim();
  return /^\d+$/.test(text) ? Number(text) : Infinity;
}

/** The field of that name, which is in lower case. It may be an array. */
function fieldOf(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const { get } = fields as { get?: unknown };
  const value: unknown =
    typeof get === 'function' ? get.call(fields, name) : ownField(fields, name);
  // The metadata of gRPC gives an empty array for a field that it does not have.
  return Array.isArray(value) && value.length === 0 ? undefined : (value ?? undefined);
}

function ownField(fields: object, name: string): unknown {
  const own = Object.keys(fields).find((field) => field.toLowerCase() === name);
  return own === undefined ? undefined : Reflect.get(fields, own);
}
