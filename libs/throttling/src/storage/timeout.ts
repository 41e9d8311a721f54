import { durationMs, type Duration } from '@loyalnest/core';

/** Allows at most a second: longer waits would do more harm than limits do good. */
export function resolveTimeout(timeout: Duration = '100ms'): number {
  return durationMs('throttling.timeout', timeout, { minMs: 1, maxMs: 1_000 });
}
