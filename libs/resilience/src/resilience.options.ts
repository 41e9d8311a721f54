import type { Clock, Duration } from '@loyalnest/core';
import type { Classify } from './classification/classify.options.js';
import type { FaultsOptions } from './fault-injection/faults.js';
import type { PolicySet } from './policy-set.js';

export interface ResilienceModuleOptions {
  /**
   * Default options of the policies, used where a declaration leaves them out. They do not enable a
   * policy.
   * @defaultValue the defaults of each policy
   */
  readonly defaults?: Partial<Omit<PolicySet, 'fallback'>>;
  /** Named sets of policies, for `@Resilient(name)` and `ResilienceService.policy(name)`. */
  readonly policies?: Readonly<Record<string, PolicySet>>;
  /**
   * How long callers of this application wait for an answer, such as the `defaultTimeout` of
   * `CorrelationModule`. A policy whose timeout or deadline is not shorter fails the boot.
   * @defaultValue none: timeouts and deadlines can have any length
   */
  readonly requestTimeout?: Duration;
  /**
   * How results count for breakers, retries and hedges: `failure`, `success` or `neutral`. A policy's
   * own `classify` is asked first. @defaultValue the table in the README
   */
  readonly classify?: Classify;
  /** Which dependencies `@FaultInjection` may affect. @defaultValue none until armed */
  readonly faults?: FaultsOptions;
  /**
   * Environment variables with options: `CIRCUIT_BREAKER_*` and `RESILIENCE_<NAME>_<FIELD>`.
   * @defaultValue process.env
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Source of time. @defaultValue the system clock */
  readonly clock?: Clock;
  /** Source of jitter: numbers from 0 (included) to 1 (excluded). @defaultValue Math.random */
  readonly random?: () => number;
}
