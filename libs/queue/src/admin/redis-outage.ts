const CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CONNECTION_CLOSED_ERROR_MSG',
  'REDIS_NOT_CONNECTED',
];
const MESSAGES =
  /^(Connection is closed|Command timed out|Stream isn't writeable|connect ETIMEDOUT|All sentinels|None of startup nodes|Failed to refresh slots|Cluster isn't ready|LOADING|CLUSTERDOWN|MASTERDOWN)/;
const NAMES = ['MaxRetriesPerRequestError', 'ClusterAllFailedError', 'AbortError'];

/** Whether an error means that Redis is unavailable. Errors for a refused command do not. */
export function isRedisOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  return (
    (typeof code === 'string' && CODES.includes(code)) ||
    NAMES.includes(error.name) ||
    MESSAGES.test(error.message)
  );
}
