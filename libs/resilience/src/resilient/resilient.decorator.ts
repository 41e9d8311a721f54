import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';

/**
 * Applies the policies of the set `name` in `ResilienceModule.forRoot({ policies })`. Everything
 * with that name is one dependency: it shares one breaker, one bulkhead, one rate limit and one
 * retry budget. An unknown name fails the boot.
 */
export function Resilient(name: string): PolicyDecorator {
  return declarePolicy({ resilient: name });
}
