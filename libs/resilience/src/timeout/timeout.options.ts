import { durationMs, type Duration } from '@loyalnest/core';

export interface TimeoutOptions {
  /** How long one attempt may take. Greater than 0. */
  readonly timeout: Duration;
}

export interface ResolvedTimeout {
  readonly timeoutMs: number;
}

export function resolveTimeout(path: string, options: TimeoutOptions): ResolvedTimeout {
  return { timeoutMs: durationMs(`${path}.timeout`, options.timeout, { minMs: 1 }) };
}
