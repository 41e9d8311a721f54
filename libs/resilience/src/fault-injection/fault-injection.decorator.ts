import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { FaultInjectionOptions } from './fault-injection.options.js';

/**
 * Lets calls fail or take longer, to see what the application makes of it. Does nothing until
 * `ResilienceRegistry.faults.arm(name)`, which production refuses unless the module allows it.
 */
export function FaultInjection(options: FaultInjectionOptions): PolicyDecorator {
  return declarePolicy({ faultInjection: options });
}
