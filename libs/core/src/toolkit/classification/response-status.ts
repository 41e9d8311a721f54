import { fieldOf } from './safe-field.js';

/**
 * Returns the HTTP status of an error: of axios, undici, got, boom, Nest's HttpException, AWS SDK 2 and 3,
 * and `@loyalnest/http`. Undefined if it has none.
 */
export function statusOfError(error: unknown): number | undefined {
  const response = fieldOf(error, 'response');
  return [
    fieldOf(error, 'status'),
    fieldOf(error, 'statusCode'),
    fieldOf(response, 'status'),
    fieldOf(response, 'statusCode'),
    fieldOf(fieldOf(error, 'output'), 'statusCode'),
    fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode'),
    fieldOf(fieldOf(error, '$response'), 'statusCode'),
    calledStatus(error),
  ].find(isHttpStatus);
}

/**
 * Returns the HTTP status of a returned value if it is the response of an HTTP client: of fetch, axios,
 * undici, got or `@loyalnest/http`. A value counts as one if it has a status and headers, because many
 * other values have a field `status`.
 */
export function statusOfResult(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const status = fieldOf(value, 'status') ?? fieldOf(value, 'statusCode');
  if (!isHttpStatus(status)) return undefined;
  const headers = fieldOf(value, 'headers');
  return typeof headers === 'object' && headers !== null ? status : undefined;
}

/** Nest keeps the status of an HttpException behind a method. */
function calledStatus(error: unknown): unknown {
  const getStatus = fieldOf(error, 'getStatus');
  if (typeof getStatus !== 'function') return undefined;
  try {
    return Reflect.apply(getStatus, error, []) as unknown;
  } catch {
    return undefined;
  }
}

function isHttpStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 599;
}
