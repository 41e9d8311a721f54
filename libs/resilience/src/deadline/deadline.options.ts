import { durationMs, type Duration } from '@loyalnest/core';

export interface ResolvedDeadline {
  /** Infinity if only the caller's deadline applies. */
  readonly deadlineMs: number;
}

/** For methods without a time limit of their own. */
export const CALLERS_DEADLINE: ResolvedDeadline = { deadlineMs: Infinity };

/** @throws {@link OptionError} for anything but a duration of at least 1 ms */
export function resolveDeadline(path: string, deadline: Duration): ResolvedDeadline {
  return { deadlineMs: durationMs(path, deadline, { minMs: 1 }) };
}
