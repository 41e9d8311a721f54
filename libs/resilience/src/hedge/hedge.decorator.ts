import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { HedgeOptions } from './hedge.options.js';

/**
 * Makes a further attempt beside one that is slow; the first success wins, the others are aborted.
 * Only for methods that may run twice. Not for Observables.
 */
export function Hedge(options: HedgeOptions): PolicyDecorator {
  return declarePolicy({ hedge: options });
}
