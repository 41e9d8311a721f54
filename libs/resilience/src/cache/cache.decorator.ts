import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { CacheOptions } from './cache.options.js';

/**
 * Serves the result of an earlier call with the same arguments and of the same merchant for a time,
 * and, with `staleIfError`, for longer when the call fails. Not for Observables.
 */
export function Cache(options: CacheOptions): PolicyDecorator {
  return declarePolicy({ cache: options });
}
