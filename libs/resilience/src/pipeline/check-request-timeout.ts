import { durationMs, OptionError } from '@loyalnest/core';
import type { PolicySet } from '../policy-set.js';

/**
 * Requires the timeout and deadline of a policy to be shorter than the request timeout. Otherwise
 * the caller stops waiting before the call ends: it gets no answer, and no retry gets its turn.
 *
 * @throws {@link OptionError} with the policy whose limit is too long
 */
export function checkRequestTimeout(
  path: string,
  { timeout, deadline }: PolicySet,
  requestTimeoutMs: number,
): void {
  for (const [name, limit] of Object.entries({ Timeout: timeout, Deadline: deadline })) {
    if (limit === undefined) continue;
    const policy = `${path} @${name}`;
    if (durationMs(policy, limit) < requestTimeoutMs) continue;
    throw new OptionError(
      policy,
      limit,
      `callers stop waiting after the requestTimeout of ${requestTimeoutMs} ms; use less, or raise requestTimeout`,
    );
  }
}
