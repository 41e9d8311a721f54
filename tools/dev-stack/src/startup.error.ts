import { LoyalNestError } from '@loyalnest/core';

/** The stack cannot start because of its environment; the message ends with the remedy. */
export class StartupError extends LoyalNestError {
  readonly code = 'STACK_NOT_STARTED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(reason: string, remedy: string, cause?: unknown) {
    super(`${reason}\n${remedy}`, { cause });
  }
}

/** The innermost reason: a refused connection is wrapped once for all addresses that were tried. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** `url` without user and password, to print it. */
export function withoutCredentials(url: string): string {
  try {
    const shown = new URL(url);
    shown.username = '';
    shown.password = '';
    return shown.toString();
  } catch {
    return 'an invalid URL';
  }
}
