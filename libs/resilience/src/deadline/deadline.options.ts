import { durationMs, type Duration } from '@loyalnest/core';

export interface ResolvedDeadline {
  readonly deadlineMs: number;
}

/** @throws {@link OptionError} for anything but a duration of at least 1 ms */
export function resolveDeadline(path: string, deadline: Duration): ResolvedDeadline {
  return { deadlineMs: durationMs(path, deadline, { minMs: 1 }) };
}
