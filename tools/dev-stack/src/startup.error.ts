import { LoyalNestError } from '@loyalnest/core';

/** The stack cannot start, for a reason outside of it; the message ends with the remedy. */
export class StartupError extends LoyalNestError {
  readonly code = 'STACK_NOT_STARTED';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(reason: string, remedy: string, cause?: unknown) {
    super(`${reason}\n${remedy}`, { cause });
  }
}

/** The innermost reason: a refused connection hides behind several addresses that were tried. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** `url` as it may be shown: without user and password. */
export function withoutCredentials(url: string): string {
  try {
    const shown = new URL(url);
    shown.username = '';
    shown.password = '';
    return shown.toString();
  } catch {
    return 'something that is no URL';
  }
}
