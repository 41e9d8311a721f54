import type { PolicySet } from './policy-set.js';
import type { PolicyStates } from './policy-states.js';
import type { Policy } from './policy/policy.js';

/** Where a policy is used: the method or the named set, and all policies that apply to it. */
export interface PolicySite {
  /** `Class.method`, or the path of the named set. */
  readonly methodPath: string;
  /** Prefix of this policy's options in error messages: `SmsClient.send @Retry`. */
  readonly path: string;
  /** The name in events: the name of the breaker, else of the named set, else `Class.method`. */
  readonly dependency: string;
  /** Name of the shared state if the policy's options declare none. */
  readonly sharedName: string;
  readonly policies: PolicySet;
  readonly states: PolicyStates;
}

/**
 * How policies of one kind are created from their options. Each policy folder exports one
 * definition.
 */
export interface PolicyDefinition<Options, Resolved> {
  /** Name of the decorator, without the `@`. */
  readonly decorator: string;
  /** @throws OptionError for an invalid option, with its path and the remedy */
  resolve(path: string, options: Options, states: PolicyStates): Resolved;
  create(resolved: Resolved, site: PolicySite): Policy;
}
