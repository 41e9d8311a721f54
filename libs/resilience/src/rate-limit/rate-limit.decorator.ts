import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { RateLimitOptions } from './rate-limit.options.js';

/**
 * Limits how often this process calls the dependency: `limit` calls in each `per`. A call that comes
 * too early waits up to `maxWait` for its turn, or rejects with RateLimitedError.
 */
export function RateLimit(options: RateLimitOptions): PolicyDecorator {
  return declarePolicy({ rateLimit: options });
}
