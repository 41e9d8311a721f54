import { durationMs, OptionError } from '@loyalnest/core';
import type { PolicySet } from '../policy-set.js';

/**
 * A caller that gives up before the call within does gets no answer, nor does a retry get its turn:
 * limits of calls must be shorter than that of the request that they are part of.
 *
 * @throws {@link OptionError} with the policy that is not
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
      `callers wait no longer than the requestTimeout of ${requestTimeoutMs} ms; use less, or raise that`,
    );
  }
}
