import { isLoyalNestError } from '@loyalnest/core';

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

const STABLE = /^[a-z][a-z0-9-]{0,63}$/;

/** A public word for an error. Its text stays inside: it may name hosts, users, statements. */
export function failureCode(error: unknown): string {
  if (isLoyalNestError(error)) return error.code.toLowerCase().replaceAll('_', '-');
  const { code } = (error ?? {}) as { code?: unknown };
  return (typeof code === 'string' && CODES[code]) || 'failed';
}

/** The code as it may go out: a contributor that puts an error's text there is not believed. */
export function stableCode(code: string | undefined): string | undefined {
  return code === undefined || STABLE.test(code) ? code : 'unspecified';
}
