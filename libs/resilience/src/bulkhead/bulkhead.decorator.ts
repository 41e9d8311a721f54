import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { BulkheadOptions } from './bulkhead.options.js';

/**
 * At most so many calls run at the same time; what finds no place waits in a queue or rejects with
 * BulkheadFullError.
 */
export function Bulkhead(options: BulkheadOptions = {}): PolicyDecorator {
  return declarePolicy({ bulkhead: options });
}
