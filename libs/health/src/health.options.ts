import { durationMs, OptionError, SystemClock, type Clock, type Duration } from '@loyalnest/core';

export interface HealthModuleOptions {
  /** Time from the end of one sample to the start of the next. At least 100 ms. @defaultValue '5s' */
  readonly interval?: Duration;
  /** Time that one check may take; then it counts as down. At least 1 ms. @defaultValue '500ms' */
  readonly timeout?: Duration;
  /**
   * Whether `GET /health` lists the single checks, or says no more than the status.
   * @defaultValue 'never' if NODE_ENV is production, otherwise 'always'
   */
  readonly details?: 'always' | 'never';
  /** Source of time. @defaultValue the machine's */
  readonly clock?: Clock;
}

/** The options as they are used: checked, defaults filled in. */
export interface HealthPolicy {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly showDetails: boolean;
  readonly clock: Clock;
}

export function resolveHealthOptions(
  options: HealthModuleOptions,
  environment: NodeJS.ProcessEnv = process.env,
): HealthPolicy {
  const isProduction = environment['NODE_ENV'] === 'production';
  const details = options.details ?? (isProduction ? 'never' : 'always');
  if (details !== 'always' && details !== 'never') {
    throw new OptionError('HealthModule.details', details, "use 'always' or 'never'");
  }
  return {
    intervalMs: durationMs('HealthModule.interval', options.interval ?? '5s', { minMs: 100 }),
    timeoutMs: durationMs('HealthModule.timeout', options.timeout ?? '500ms', { minMs: 1 }),
    showDetails: details === 'always',
    clock: options.clock ?? new SystemClock(),
  };
}
