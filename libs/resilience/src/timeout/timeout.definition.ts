import type { Duration } from '@loyalnest/core';
import type { PolicyDefinition } from '../policy-definition.js';
import { resolveTimeout, type ResolvedTimeout } from './timeout.options.js';
import { TimeoutPolicy } from './timeout.policy.js';

export const TIMEOUT: PolicyDefinition<Duration, ResolvedTimeout> = {
  decorator: 'Timeout',
  resolve: resolveTimeout,
  create: (resolved, { dependency, states }) =>
    new TimeoutPolicy(dependency, resolved, states.clock),
};
