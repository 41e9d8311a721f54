/** What kind of failure an error is, independent of the library or the transport it came through. */
export type ErrorCategory =
  | 'unavailable'
  | 'timeout'
  | 'rate-limited'
  | 'invalid'
  | 'conflict'
  | 'not-found'
  | 'forbidden'
  | 'unauthenticated'
  | 'internal';

export interface LoyalNestErrorOptions {
  readonly cause?: unknown;
  /** How long a caller should wait before it tries again, in milliseconds. */
  readonly retryAfterMs?: number;
}

const BRAND = Symbol.for('@loyalnest/core:error');

/**
 * Base of every error that the suite throws. `code` is a literal that never changes between
 * releases; `category` tells an HTTP filter or a retry policy what to do without knowing the
 * library; `retryable` says whether the same call may succeed later.
 */
export abstract class LoyalNestError extends Error {
  abstract readonly code: string;
  abstract readonly category: ErrorCategory;
  abstract readonly retryable: boolean;
  readonly retryAfterMs?: number;

  constructor(message: string, options: LoyalNestErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }

  // On the prototype: errors are made in masses while a dependency is away.
  static {
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }
}

/** True for errors of the suite, also when they come from another copy of this package. */
export function isLoyalNestError(error: unknown): error is LoyalNestError {
  return typeof error === 'object' && error !== null && BRAND in error;
}
