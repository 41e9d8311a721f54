import { durationMs, type Duration } from '@loyalnest/core';

export interface ResolvedTimeout {
  readonly timeoutMs: number;
}

/** @throws {@link OptionError} for anything but a duration of at least 1 ms */
export function resolveTimeout(path: string, timeout: Duration): ResolvedTimeout {
  return { timeoutMs: durationMs(path, timeout, { minMs: 1 }) };
}
