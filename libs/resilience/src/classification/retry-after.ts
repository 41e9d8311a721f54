import { isLoyalNestError } from '@loyalnest/core';
import { chainOf, fieldOf, parseRetryAfter } from '@loyalnest/core/toolkit';

/**
 * Returns how long to wait before the next call, in milliseconds: 0 if the error does not say, Infinity
 * if the dependency must not be called again. Reads `retryAfterMs` of LoyalNest errors. Of other errors
 * and of returned responses, reads `retryAfter`, `Retry-After` in `headers` or `response.headers`, or
 * `grpc-retry-pushback-ms` in `metadata` (gRPC proposal A6). If the error itself does not say, the first
 * error or response that it wraps and that says decides. Never throws.
 *
 * @param nowMs wall clock in milliseconds since 1970, for dates
 */
export function retryAfterMsOf(error: unknown, nowMs: number): number {
  try {
    for (const link of chainOf(error)) {
      const ms = read(link, nowMs);
      if (ms !== undefined) return ms;
    }
  } catch {
    // A getter of a foreign error may throw.
  }
  return 0;
}

function read(error: unknown, nowMs: number): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if (isLoyalNestError(error)) return error.retryAfterMs;
  const pushback = headerOf(fieldOf(error, 'metadata'), 'grpc-retry-pushback-ms');
  if (pushback !== undefined) return parsePushback(pushback);
  const name = 'retry-after';
  const value =
    fieldOf(error, 'retryAfter') ??
    headerOf(fieldOf(error, 'headers'), name) ??
    headerOf(fieldOf(fieldOf(error, 'response'), 'headers'), name);
  return parseRetryAfter(value, nowMs);
}

/** In A6, a negative or malformed value means: do not retry. */
function parsePushback(value: unknown): number {
  const text = String(Array.isArray(value) ? value[0] : value).trim();
  return /^\d+$/.test(text) ? Number(text) : Infinity;
}

/** Returns the field with this lower-case name. It may be an array. */
function headerOf(fields: unknown, name: string): unknown {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const { get } = fields as { get?: unknown };
  const value: unknown =
    typeof get === 'function' ? get.call(fields, name) : ownField(fields, name);
  // gRPC metadata returns an empty array for a missing field.
  return Array.isArray(value) && value.length === 0 ? undefined : (value ?? undefined);
}

function ownField(fields: object, name: string): unknown {
  const own = Object.keys(fields).find((field) => field.toLowerCase() === name);
  return own === undefined ? undefined : Reflect.get(fields, own);
}
