import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { RateLimitOptions } from './rate-limit.options.js';

/**
 * This process calls the dependency at most so often; what comes too early waits or rejects with
 * RateLimitedError.
 */
export function RateLimit(options: RateLimitOptions): PolicyDecorator {
  return declarePolicy({ rateLimit: options });
}
