import type { PolicyDefinition } from '../policy-definition.js';
import {
  resolveFaultInjection,
  type FaultInjectionOptions,
  type ResolvedFaultInjection,
} from './fault-injection.options.js';
import { FaultInjectionPolicy } from './fault-injection.policy.js';

export const FAULT_INJECTION: PolicyDefinition<FaultInjectionOptions, ResolvedFaultInjection> = {
  decorator: 'FaultInjection',
  resolve: resolveFaultInjection,
  create: (resolved, { dependency, states: { faults, clock, random } }) =>
    new FaultInjectionPolicy(dependency, resolved, faults, clock, random),
};
