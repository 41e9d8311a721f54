import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { SingleFlightOptions } from './single-flight.options.js';

/**
 * Calls with the same arguments and of the same merchant that come while the first one runs share
 * its result. Not for Observables.
 */
export function SingleFlight(options: SingleFlightOptions = {}): PolicyDecorator {
  return declarePolicy({ singleFlight: options });
}
