import { OptionError } from '@loyalnest/core';
import type { ResilienceModuleOptions } from '../resilience.options.js';
import { mergePolicies, withDefaults, type PolicySet } from '../policy-set.js';
import type { ProtectedMethod } from '../declaration/protected-method.js';

export interface DeclaredPolicies {
  readonly policies: PolicySet;
  /** The named set that the policies come from. */
  readonly resilient: string | undefined;
}

/**
 * The policies of a method, merged from the defaults of the module for the policies it has, the
 * named set, its class and its own decorators. The later one wins, field by field.
 *
 * @throws {@link OptionError} if the module has no set of that name
 */
export function declaredPolicies(
  path: string,
  { byClass, byMethod }: ProtectedMethod,
  { defaults = {}, policies: sets = {} }: ResilienceModuleOptions,
): DeclaredPolicies {
  const { resilient: ofClass, ...classPolicies } = byClass;
  const { resilient: ofMethod, ...methodPolicies } = byMethod;
  const resilient = ofMethod ?? ofClass;
  if (resilient !== undefined && !Object.hasOwn(sets, resilient)) {
    throw new OptionError(
      `${path} @Resilient`,
      resilient,
      `add it to ResilienceModule.forRoot({ policies }); existing sets: ${Object.keys(sets).join(', ') || 'none'}`,
    );
  }
  const set = resilient === undefined ? undefined : sets[resilient];
  const declared = mergePolicies(set, classPolicies, methodPolicies);
  return { policies: withDefaults(defaults, declared), resilient };
}
