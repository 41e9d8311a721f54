import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { SingleFlightOptions } from './single-flight.options.js';

/**
 * Calls of the same merchant with the same arguments share one run: those that arrive while it is
 * in progress get its result. Not for Observables.
 */
export function SingleFlight(options: SingleFlightOptions = {}): PolicyDecorator {
  return declarePolicy({ singleFlight: options });
}
