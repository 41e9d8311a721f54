import { durationMs, type Duration } from '@loyalnest/core';

export interface ResolvedDeadline {
  /** Infinity: only the caller's deadline counts. */
  readonly deadlineMs: number;
}

/** For what has no time limit of its own. */
export const CALLERS_DEADLINE: ResolvedDeadline = { deadlineMs: Infinity };

/** @throws {@link OptionError} for anything but a duration of at least 1 ms */
export function resolveDeadline(path: string, deadline: Duration): ResolvedDeadline {
  return { deadlineMs: durationMs(path, deadline, { minMs: 1 }) };
}
