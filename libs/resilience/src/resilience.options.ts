import type { Clock, Duration } from '@loyalnest/core';
import type { FaultsOptions } from './fault-injection/faults.js';
import type { PolicySet } from './policy-set.js';

export interface ResilienceModuleOptions {
  /**
   * Options of policies wherever a declaration leaves them out. They switch no policy on.
   * @defaultValue those of each policy
   */
  readonly defaults?: Partial<Omit<PolicySet, 'fallback'>>;
  /** Named sets of policies, for `@Resilient(name)`. */
  readonly policies?: Readonly<Record<string, PolicySet>>;
  /**
   * How long callers of this application wait for an answer, such as the `defaultTimeout` of
   * `CorrelationModule`. A policy whose timeout or deadline is not shorter fails the boot.
   * @defaultValue none: any length will do
   */
  readonly requestTimeout?: Duration;
  /** Where `@FaultInjection` may act. @defaultValue nowhere until it is armed */
  readonly faults?: FaultsOptions;
  /**
   * Variables with options: `CIRCUIT_BREAKER_*` and `RESILIENCE_<NAME>_<FIELD>`.
   * @defaultValue process.env
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Source of time. @defaultValue the machine's */
  readonly clock?: Clock;
  /** Source of jitter: numbers from 0 (included) to 1 (excluded). @defaultValue Math.random */
  readonly random?: () => number;
}
