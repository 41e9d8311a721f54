import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { FaultInjectionOptions } from './fault-injection.options.js';

/**
 * Makes calls fail or take longer, to test how the application reacts. It has no effect until
 * `ResilienceRegistry.faults.arm(name)`, which production refuses unless the module allows it.
 */
export function FaultInjection(options: FaultInjectionOptions): PolicyDecorator {
  return declarePolicy({ faultInjection: options });
}
