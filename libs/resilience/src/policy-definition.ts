import type { PolicySet } from './policy-set.js';
import type { PolicyStates } from './policy-states.js';
import type { Policy } from './policy/policy.js';

/** Where a policy is used: the method or the named set, and all policies that apply to it. */
export interface PolicySite {
  /** `Class.method`, or the path of the named set. */
  readonly methodPath: string;
  /** Prefix of this policy's options in error messages: `SmsClient.send @Retry`. */
  readonly path: string;
  /** The name that events use: the breaker's name, else the named set's, else `Class.method`. */
  readonly dependency: string;
  /** Name of the shared state of a policy whose options declare no name. */
  readonly sharedName: string;
  readonly policies: PolicySet;
  readonly states: PolicyStates;
}

/** How one kind of policy is made from its options. Each policy's folder exports one. */
export interface PolicyDefinition<Options, Resolved> {
  /** Name of the decorator, without the `@`. */
  readonly decorator: string;
  /** @throws OptionError for a wrong option, with its path and the remedy */
  resolve(path: string, options: Options, states: PolicyStates): Resolved;
  create(resolved: Resolved, site: PolicySite): Policy;
}
