import { CALLERS_DEADLINE } from '../deadline/deadline.options.js';
import type { PolicyDefinition, PolicySite } from '../policy-definition.js';
import type { PolicySet } from '../policy-set.js';
import type { Policy } from '../policy/policy.js';
import { checkCombination } from './check-combination.js';
import { POLICY_DEFINITIONS, type ResolvedPolicies } from './policy-definitions.js';

export interface PolicyTarget extends Omit<PolicySite, 'path' | 'policies'> {
  readonly returnsObservable: boolean;
}

type Definition = PolicyDefinition<unknown, unknown>;
const DEFINITIONS = Object.entries(POLICY_DEFINITIONS) as [keyof PolicySet, Definition][];

/**
 * Resolves the options of one method's policies and creates the policies, in no particular order.
 *
 * @throws OptionError for an invalid option, or for policies that contradict each other
 */
export function compilePolicies(policies: PolicySet, target: PolicyTarget): Policy[] {
  const { methodPath, returnsObservable, states } = target;
  const pathOf = ({ decorator }: Definition): string => `${methodPath} @${decorator}`;
  const resolved = Object.fromEntries(
    DEFINITIONS.filter(([name]) => policies[name] !== undefined).map(([name, definition]) => [
      name,
      definition.resolve(pathOf(definition), policies[name], states),
    ]),
  ) as ResolvedPolicies;
  checkCombination(methodPath, resolved, returnsObservable, states.warn);
  const used = withCallersDeadline(resolved);
  return DEFINITIONS.filter(([name]) => used[name] !== undefined).map(([name, definition]) =>
    definition.create(used[name], { ...target, path: pathOf(definition), policies }),
  );
}

/** Every call ends at its caller's deadline. The timeout policy enforces it too. */
function withCallersDeadline(resolved: ResolvedPolicies): ResolvedPolicies {
  return resolved.timeout ? resolved : { deadline: CALLERS_DEADLINE, ...resolved };
}
