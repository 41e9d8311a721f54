interface HttpLike {
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly response?: { readonly status?: unknown; readonly statusCode?: unknown };
  readonly getStatus?: () => unknown;
}

/**
 * The HTTP status that an error carries, as Nest's HttpException, `@loyalnest/http`, axios, got,
 * undici and AWS-like clients give it; undefined if it carries none.
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
