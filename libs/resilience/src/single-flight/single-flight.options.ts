import type { CallKeyOptions } from '../pipeline/call-key.js';

export type SingleFlightOptions = CallKeyOptions;
