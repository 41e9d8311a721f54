import { CONNECTION_CODES, UNAVAILABLE_STATES } from '@loyalnest/core/toolkit';

/** Messages of node-postgres errors that have no code. */
const READ_TIMEOUT = /query read timeout/i;
const MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable/i;

interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** Whether an error, or one that it wraps, means that the database is unavailable. */
export function saysUnavailable(error: unknown): boolean {
  return causes(error).some(({ code, message }) => {
    if (typeof code === 'string' && (CONNECTION_CODES.has(code) || UNAVAILABLE_STATES.test(code)))
      return true;
    const text = String(message);
    return MESSAGES.test(text) || READ_TIMEOUT.test(text);
  });
}

/** Whether an error means that a query got no answer in time. */
export function isReadTimeout(error: unknown): boolean {
  return READ_TIMEOUT.test(String((error as Failure | null)?.message));
}

function causes(error: unknown): Failure[] {
  const found: Failure[] = [];
  let cause = error;
  while (typeof cause === 'object' && cause !== null && !found.includes(cause)) {
    found.push(cause);
    ({ cause } = cause as Failure);
  }
  return found;
}
