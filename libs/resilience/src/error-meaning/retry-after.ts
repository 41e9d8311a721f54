import { isLoyalNestError } from '@loyalnest/core';

interface RetryAfterLike {
  readonly retryAfter?: unknown;
  readonly headers?: unknown;
  readonly response?: { readonly headers?: unknown };
}

/**
 * How long the dependency asks to be left alone, in milliseconds; 0 if it does not ask. Errors of
 * the suite say it themselves; others in `retryAfter` or in the header `Retry-After` (RFC 9110,
 * section 10.2.3: whole seconds or an HTTP date) of `headers` or `response.headers`.
 *
 * @param nowMs wall clock, for dates
 */
export function retryAfterMsOf(error: unknown, nowMs: number): number {
  if (typeof error !== 'object' || error === null) return 0;
  if (isLoyalNestError(error)) return error.retryAfterMs ?? 0;
  const { retryAfter, headers, response } = error as RetryAfterLike;
  const value = retryAfter ?? headerOf(headers) ?? headerOf(response?.headers);
  return parseRetryAfter(value, nowMs);
}

function parseRetryAfter(value: unknown, nowMs: number): number {
  if (value instanceof Date) return Math.max(0, value.getTime() - nowMs) || 0;
  const text = String(value ?? '').trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  // A date names its month; Date.parse would also take texts such as '-5'.
  return /[A-Za-z]{3}/.test(text) ? Math.max(0, Date.parse(text) - nowMs) || 0 : 0;
}

function headerOf(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const { get } = headers as { get?: unknown };
  if (typeof get === 'function') return get.call(headers, 'retry-after') ?? undefined;
  const fields = headers as Readonly<Record<string, unknown>>;
  const name = Object.keys(fields).find((field) => field.toLowerCase() === 'retry-after');
  return name === undefined ? undefined : fields[name];
}
