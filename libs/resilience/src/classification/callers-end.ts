import { fieldOf, isOwnTimeout, type Classification } from '@loyalnest/core/toolkit';
import type { Call } from '../policy/call.js';
import type { Classifier } from './classifier.js';

const GIVEN_UP: Classification = {
  outcome: 'neutral',
  retryable: false,
  reason: 'aborted',
  cut: true,
};
const DEADLINE_PASSED: Classification = { ...GIVEN_UP, reason: 'deadline' };
const TIME_USED_UP: Classification = { outcome: 'failure', retryable: false, cut: true };

/**
 * A client that gets its timeout from the deadline ends a moment earlier than the deadline: headers and
 * timers round to milliseconds, and a busy event loop delays the answer of the other side.
 */
const DEADLINE_MARGIN_MS = 5;

/**
 * Classifies an error of a call, together with what is known about its caller: a call that the caller
 * gave up, or that the caller's deadline ended, says nothing about the dependency. One that used up the
 * time of an outer policy or of our own request timeout speaks against it.
 */
export function classifyCallError(
  call: Call,
  error: unknown,
  classify: Classifier,
): Classification {
  const aborted = abortedSignalOf(call);
  if (aborted !== undefined) return classifyAbortReason(aborted.reason);
  const callersDeadline = isCallersDeadline(call);
  const known = classify(error, true, callersDeadline);
  const isLate = callersDeadline && call.deadline!.remainingMs <= DEADLINE_MARGIN_MS;
  return isLate && known.outcome === 'failure' ? DEADLINE_PASSED : known;
}

/** Classifies the reason of an aborted signal of the call. */
export function classifyAbortReason(reason: unknown): Classification {
  if (isOwnTimeout(reason)) return TIME_USED_UP;
  return fieldOf(reason, 'category') === 'timeout' ? DEADLINE_PASSED : GIVEN_UP;
}

/** Returns whether the caller does not wait for the call any more. */
export function hasCallerGivenUp(call: Call): boolean {
  return abortedSignalOf(call) !== undefined;
}

export function isCallersDeadline({ deadline }: Call): boolean {
  return deadline !== undefined && deadline.source === 'caller';
}

/** The aborted signal of the call, or one that its caller passed as an argument or in options. */
function abortedSignalOf({ signal, args }: Call): AbortSignal | undefined {
  if (signal?.aborted) return signal;
  for (const argument of args) {
    if (typeof argument !== 'object' || argument === null) continue;
    if (isAborted(argument)) return argument;
    const inside = fieldOf(argument, 'signal');
    if (isAborted(inside)) return inside;
  }
  return undefined;
}

function isAborted(value: unknown): value is AbortSignal {
  // Not instanceof alone: the signal may come from another realm or a polyfill.
  return (
    fieldOf(value, 'aborted') === true && typeof fieldOf(value, 'addEventListener') === 'function'
  );
}
