import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { BulkheadOptions } from './bulkhead.options.js';

/**
 * Limits how many calls run at the same time. Further calls wait in a queue or reject with
 * BulkheadFullError.
 */
export function Bulkhead(options: BulkheadOptions = {}): PolicyDecorator {
  return declarePolicy({ bulkhead: options });
}
