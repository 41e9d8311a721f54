interface HttpLike {
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly response?: { readonly status?: unknown; readonly statusCode?: unknown };
  readonly getStatus?: () => unknown;
}

/**
 * Returns the HTTP status of an error of Nest, `@loyalnest/http`, axios, got, undici and AWS-like clients.
 * Undefined if it has none.
 */
export function httpStatusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { status, statusCode, response, getStatus } = error as HttpLike;
  const candidates = [
    status,
    statusCode,
    response?.status,
    response?.statusCode,
    typeof getStatus === 'function' ? getStatus.call(error) : undefined,
  ];
  return candidates.find(isHttpStatus);
}

function isHttpStatus(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 100 && (value as number) <= 599;
}
