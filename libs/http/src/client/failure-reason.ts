import type { UnavailableReason } from './http-unavailable.error.js';

const REASONS: Readonly<Record<string, UnavailableReason>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  UND_ERR_SOCKET: 'connection-lost',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection-lost',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  UND_ERR_CLOSED: 'client-closed',
  UND_ERR_DESTROYED: 'client-closed',
};

/**
 * Returns why an exchange failed, by the codes of Node and undici. Undefined if the other side did
 * not cause the error, as with a malformed URL.
 */
export function failureReason(error: unknown): UnavailableReason | undefined {
  const { code, name, cause } = (error ?? {}) as {
    code?: unknown;
    name?: unknown;
    cause?: unknown;
  };
  if (name === 'HTTPParserError') return 'malformed-answer';
  const reason = typeof code === 'string' ? REASONS[code] : undefined;
  return reason ?? (cause === undefined ? undefined : failureReason(cause));
}
