import type { Clock } from '@loyalnest/core';
import type { CallWindow } from './call-window.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';
import { CountWindow } from './count-window.js';
import { TimeWindow } from './time-window.js';

/** Creates an empty window over a number of calls or a duration, as the options say. */
export function createWindow(options: ResolvedCircuitBreaker, clock: Clock): CallWindow {
  const { windowCalls, windowMs, windowBuckets } = options;
  return windowCalls > 0
    ? new CountWindow(windowCalls)
    : new TimeWindow(windowMs, windowBuckets, clock);
}
