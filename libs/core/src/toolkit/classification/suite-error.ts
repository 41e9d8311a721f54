import { isLoyalNestError, type ErrorCategory } from '../../error/loyalnest.error.js';
import {
  ABORTED,
  CALLERS_DEADLINE,
  NOT_BEGUN,
  PROGRAMMING_ERROR,
  RATE_LIMITED,
  REFUSED_CREDENTIALS,
  REJECTED,
  SUCCESS,
  TIMED_OUT,
  TRANSIENT,
  type Classification,
} from './classification.js';
import { fieldOf, textOf } from './safe-field.js';

/** The suite refused the call in this process, or ended it for a reason of its own. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'CIRCUIT_OPEN',
  'BULKHEAD_FULL',
  'RATE_LIMITED',
  'OVERLOADED',
  'APPLICATION_CLOSED',
  'DRAINING',
]);
const ABORTS: ReadonlySet<string> = new Set(['REQUEST_CANCELLED', 'HEDGE_LOST', 'UNSUBSCRIBED']);
/** Failures of the dependency although their category is `internal`. */
const UNUSABLE_ANSWERS: ReadonlySet<string> = new Set(['HTTP_RESPONSE_TOO_LARGE']);

const BY_CATEGORY: Readonly<Record<ErrorCategory, Classification>> = {
  unavailable: TRANSIENT,
  timeout: TIMED_OUT,
  'rate-limited': RATE_LIMITED,
  invalid: SUCCESS,
  conflict: SUCCESS,
  'not-found': SUCCESS,
  forbidden: REFUSED_CREDENTIALS,
  unauthenticated: REFUSED_CREDENTIALS,
  internal: PROGRAMMING_ERROR,
};

/**
 * Classifies an error of the suite by its code and category. Its `retryable` can forbid a retry, but
 * cannot make an error retryable whose class is not. Undefined for other errors.
 */
export function classifySuiteError(error: unknown): Classification | undefined {
  if (!isSuiteError(error)) return undefined;
  const code = textOf(error, 'code');
  if (REJECTIONS.has(code) || fieldOf(error, 'reason') === 'client-closed') return REJECTED;
  if (ABORTS.has(code)) return ABORTED;
  const category = textOf(error, 'category') as ErrorCategory;
  const known = UNUSABLE_ANSWERS.has(code)
    ? TRANSIENT
    : Object.hasOwn(BY_CATEGORY, category)
      ? BY_CATEGORY[category]
      : TRANSIENT;
  if (known === TIMED_OUT) {
    const limitMs = fieldOf(error, 'deadlineMs') ?? fieldOf(error, 'timeoutMs');
    if (limitMs === 0) return NOT_BEGUN;
    if (fieldOf(error, 'deadlineSource') === 'caller') return CALLERS_DEADLINE;
  }
  return { ...known, retryable: known.retryable && fieldOf(error, 'retryable') === true };
}

/**
 * Returns whether the error means that this process used up its own time: a timeout of a policy, or the
 * request timeout. False if the caller set the limit, or if the call never began.
 */
export function isOwnTimeout(error: unknown): boolean {
  return (
    classifySuiteError(error)?.outcome === 'failure' && fieldOf(error, 'category') === 'timeout'
  );
}

function isSuiteError(error: unknown): boolean {
  try {
    return isLoyalNestError(error);
  } catch {
    return false;
  }
}
