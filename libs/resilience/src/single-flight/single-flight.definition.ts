import type { PolicyDefinition } from '../policy-definition.js';
import type { SingleFlightOptions } from './single-flight.options.js';
import { SingleFlightPolicy } from './single-flight.policy.js';

export const SINGLE_FLIGHT: PolicyDefinition<SingleFlightOptions, SingleFlightOptions> = {
  decorator: 'SingleFlight',
  resolve: (_path, options) => options,
  create: (options, { dependency, states }) =>
    new SingleFlightPolicy(dependency, options, states.clock),
};
