import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';

/**
 * Applies the policies that `ResilienceModule.forRoot({ policies })` holds under `name`. Everything
 * that bears the name is one dependency: it shares one breaker, one bulkhead, one rate limit and one
 * retry budget. A name that the module does not hold fails the boot.
 */
export function Resilient(name: string): PolicyDecorator {
  return declarePolicy({ resilient: name });
}
