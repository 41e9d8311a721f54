import { DeadlineExceededError } from '@loyalnest/core';
import type { Call, Operation } from './call.js';

/** Refuses calls whose deadline has passed, so that no attempt begins, whatever the policies. */
export function refusePastDeadline(name: string, next: Operation): Operation {
  return (call) => {
    if (call.deadline === undefined) return next(call);
    const refusal = refusalPastDeadline(name, call);
    return refusal === undefined ? next(call) : Promise.reject(refusal);
  };
}

/** The error of a call whose deadline has passed; undefined if there is time left. */
export function refusalPastDeadline(
  name: string,
  { deadline }: Call,
): DeadlineExceededError | undefined {
  return deadline?.expired ? new DeadlineExceededError(name, 0, deadline.source) : undefined;
}
