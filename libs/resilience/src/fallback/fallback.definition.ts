import type { PolicyDefinition } from '../policy-definition.js';
import type { FallbackOptions } from './fallback.options.js';
import { FallbackPolicy } from './fallback.policy.js';

/** `checkFallback` checks the handler, where the class is known. */
export const FALLBACK: PolicyDefinition<FallbackOptions, FallbackOptions> = {
  decorator: 'Fallback',
  resolve: (_path, options) => options,
  create: (options, { dependency }) => new FallbackPolicy(dependency, options),
};
