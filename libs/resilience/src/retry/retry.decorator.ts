import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { RetryOptions } from './retry.options.js';

/** Calls the method again, with backoff, when it fails with a retryable error. */
export function Retry(options: RetryOptions = {}): PolicyDecorator {
  return declarePolicy({ retry: options });
}
