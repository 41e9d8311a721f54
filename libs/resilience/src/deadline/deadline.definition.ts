import type { Duration } from '@loyalnest/core';
import type { PolicyDefinition } from '../policy-definition.js';
import { resolveDeadline, type ResolvedDeadline } from './deadline.options.js';
import { DeadlinePolicy } from './deadline.policy.js';

export const DEADLINE: PolicyDefinition<Duration, ResolvedDeadline> = {
  decorator: 'Deadline',
  resolve: resolveDeadline,
  create: (resolved, { dependency, states }) =>
    new DeadlinePolicy(dependency, resolved, states.clock),
};
