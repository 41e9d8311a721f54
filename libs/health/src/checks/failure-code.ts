import { isLoyalNestError } from '@loyalnest/core';

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  UND_ERR_SOCKET: 'connection-lost',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

const STABLE = /^[a-z][a-z0-9-]{0,63}$/;
/** `fetch` and database drivers wrap the errors of sockets. */
const MAX_CAUSES = 4;

/**
 * A public code for an error. The message is never published: it may name hosts, users or
 * statements.
 */
export function failureCode(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current != null; depth++) {
    const found = codeOf(current);
    if (found !== undefined) return found;
    current = (current as { cause?: unknown }).cause;
  }
  return 'failed';
}

/** The code if it is safe to publish. A contributor may have put the message of an error there. */
export function stableCode(code: string | undefined): string | undefined {
  return code === undefined || STABLE.test(code) ? code : 'unspecified';
}

function codeOf(error: unknown): string | undefined {
  if (isLoyalNestError(error)) return error.code.toLowerCase().replaceAll('_', '-');
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError') return 'timeout';
  return typeof code === 'string' ? CODES[code] : undefined;
}
