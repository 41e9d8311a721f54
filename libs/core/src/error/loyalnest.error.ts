/** The kind of a failure, independent of the library and the transport that it comes from. */
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

/** Options of a {@link LoyalNestError}. */
export interface LoyalNestErrorOptions {
  /** The error that led to this one. */
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

  // On the prototype, because many errors are created while a dependency is unavailable.
  static {
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }
}

/** Returns true for errors of the suite, even if they come from another copy of this package. */
export function isLoyalNestError(error: unknown): error is LoyalNestError {
  return typeof error === 'object' && error !== null && BRAND in error;
}
