import { durationMs, type Duration } from '@loyalnest/core';

/** Longer waits than a second would do more harm than the limits do good. */
export function resolveTimeout(timeout: Duration = '100ms'): number {
  return durationMs('throttling.timeout', timeout, { minMs: 1, maxMs: 1_000 });
}
