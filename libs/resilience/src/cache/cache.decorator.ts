import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { CacheOptions } from './cache.options.js';

/**
 * Reuses the result of an earlier call of the same merchant with the same arguments for `ttl`. With
 * `staleIfError` an expired result also answers a call that fails. Not for Observables.
 */
export function Cache(options: CacheOptions): PolicyDecorator {
  return declarePolicy({ cache: options });
}
