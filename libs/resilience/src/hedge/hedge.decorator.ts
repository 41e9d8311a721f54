import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { HedgeOptions } from './hedge.options.js';

/**
 * Starts another attempt while one is slow. The first success wins, and the other attempts are
 * aborted. Only for methods that may run twice. Not for Observables.
 */
export function Hedge(options: HedgeOptions): PolicyDecorator {
  return declarePolicy({ hedge: options });
}
