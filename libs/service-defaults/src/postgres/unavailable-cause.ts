/**
 * SQLSTATE classes of a server that cannot serve: 08 connection exception, 53 insufficient
 * resources, 57 operator intervention (PostgreSQL, Appendix A).
 */
const SERVER_STATES = /^(08|53|57)/;
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);
/** What node-postgres says without a code. */
const MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|query read timeout/i;

/** Whether an error, or one that it wraps, says that the database is away. */
export function saysUnavailable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string' && (SOCKET_CODES.has(code) || SERVER_STATES.test(code)))
      return true;
    if (MESSAGES.test(cause.message)) return true;
  }
  return false;
}
