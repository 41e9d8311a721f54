import type { CallKeyOptions } from '../policy/call-key.js';

export type SingleFlightOptions = CallKeyOptions;
