/**
 * What a result says about the dependency that was called. `failure` speaks against it. `success` proves
 * that it answers; a 404 does so too. `neutral` says nothing about it.
 */
export type Outcome = 'failure' | 'success' | 'neutral';

/** Why a result is neutral. The values are stable and few, so they can be labels of a metric. */
export type NeutralReason =
  /** The caller gave up. */
  | 'aborted'
  /** The caller's deadline passed, or the call never began. */
  | 'deadline'
  /** A policy or a server refused the call without trying it. */
  | 'rejected'
  /** 401, 403, 407 and their relatives: the dependency refused our credential or our rights. */
  | 'credentials'
  /** 429 and its relatives. */
  | 'rate-limited'
  /** The call lost a race against another one: a deadlock, a serialization failure. */
  | 'conflict'
  /** A mistake in this process, such as a TypeError. */
  | 'programming-error';

/** How a result counts, and whether the same call may succeed if it is repeated at once. */
export interface Classification {
  readonly outcome: Outcome;
  readonly retryable: boolean;
  /** Set if `outcome` is neutral. */
  readonly reason?: NeutralReason;
  /** The call was ended before the dependency had answered, so its duration tells how slow it was. */
  readonly cut?: true;
}

export const SUCCESS: Classification = { outcome: 'success', retryable: false };
/** A failure that may be gone at the next attempt. */
export const TRANSIENT: Classification = { outcome: 'failure', retryable: true };
/** A failure that the next attempt would meet again. */
export const PERMANENT: Classification = { outcome: 'failure', retryable: false };
/** The dependency used up the time that this process gave it. */
export const TIMED_OUT: Classification = { outcome: 'failure', retryable: true, cut: true };

export const ABORTED = neutral('aborted', { cut: true });
export const CALLERS_DEADLINE = neutral('deadline', { cut: true });
/** The deadline had passed before the call began. */
export const NOT_BEGUN = neutral('deadline');
export const REJECTED = neutral('rejected');
export const REFUSED_CREDENTIALS = neutral('credentials');
export const RATE_LIMITED = neutral('rate-limited', { retryable: true });
export const CONFLICT = neutral('conflict', { retryable: true });
export const PROGRAMMING_ERROR = neutral('programming-error');

function neutral(
  reason: NeutralReason,
  more: { readonly retryable?: boolean; readonly cut?: true } = {},
): Classification {
  return { outcome: 'neutral', retryable: false, reason, ...more };
}
