import { durationMs, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

/** How a check is sampled and counted. Options left out come from the module's options. */
export interface HealthCheckOptions {
  /** If true, the service is unready while the check is down. If false, it is degraded. */
  readonly critical?: boolean;
  /** Failures in a row after which the check counts as down. From 1 to 20. */
  readonly failures?: number;
  /** Successes in a row after which a check that was down counts as up again. From 1 to 20. */
  readonly successes?: number;
  /** Time limit of one run, after which it counts as failed. At least 1 ms. */
  readonly timeout?: Duration;
}

/** Options with defaults filled in. */
export interface CheckPolicy {
  readonly critical: boolean;
  readonly failures: number;
  readonly successes: number;
  readonly timeoutMs: number;
}

/** @throws OptionError with the path of the invalid option */
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
