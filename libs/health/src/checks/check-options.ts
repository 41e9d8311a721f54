import { durationMs, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

/** How one check is sampled and counted; what is missing comes from the module's options. */
export interface HealthCheckOptions {
  /** True: down makes the service unready. False: down makes it degraded. */
  readonly critical?: boolean;
  /** Failures in a row after which the check counts as down. From 1 to 20. */
  readonly failures?: number;
  /** Successes in a row after which a check that was down counts as up again. From 1 to 20. */
  readonly successes?: number;
  /** Time that one run may take; then it counts as failed. At least 1 ms. */
  readonly timeout?: Duration;
}

/** Options as they are used. */
export interface CheckPolicy {
  readonly critical: boolean;
  readonly failures: number;
  readonly successes: number;
  readonly timeoutMs: number;
}

/** @throws OptionError naming the option below `path` */
export function resolveCheckOptions(
  path: string,
  options: HealthCheckOptions,
  defaults: CheckPolicy,
): CheckPolicy {
  const { critical = defaults.critical, failures, successes, timeout } = options;
  const times = { min: 1, max: 20 };
  return {
    critical,
    failures: wholeNumber(`${path}.failures`, failures ?? defaults.failures, times),
    successes: wholeNumber(`${path}.successes`, successes ?? defaults.successes, times),
    timeoutMs: durationMs(`${path}.timeout`, timeout ?? defaults.timeoutMs, { minMs: 1 }),
  };
}
