import type { Facts } from './facts.ts';
import type { ManifestSet } from './manifest.ts';
import { addressRule, networkPolicyRule } from './network-rules.ts';
import {
  accountRule,
  appRule,
  autoscalerRule,
  ingressRule,
  podTargetRule,
} from './reference-rules.ts';
import type { Rule } from './rule.ts';
import { memoryRule, metricsRule, probeRule, shutdownRule, spreadRule } from './service-rules.ts';
import { secretRule, sourceRule, variableRule } from './variable-rules.ts';
import { containerRule, securityRule, selectorRule } from './workload-rules.ts';

const RULES: readonly Rule[] = [
  appRule,
  selectorRule,
  securityRule,
  containerRule,
  probeRule,
  shutdownRule,
  memoryRule,
  metricsRule,
  spreadRule,
  variableRule,
  secretRule,
  sourceRule,
  podTargetRule,
  autoscalerRule,
  accountRule,
  ingressRule,
  networkPolicyRule,
  addressRule,
];

/** Violations of this project's rules. All objects must match their schemas. */
export function ruleProblems(set: ManifestSet, facts: Facts): readonly string[] {
  return RULES.flatMap((rule) => [...rule(set, facts)]);
}
