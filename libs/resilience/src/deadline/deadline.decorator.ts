import type { Duration } from '@loyalnest/core';
import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';

/**
 * The whole call ends after `deadline` at the latest, with all its attempts, sleeps and waits in
 * queues: it rejects with DeadlineExceededError and all its signals abort. A deadline that the
 * caller brought along holds too, if it is earlier.
 */
export function Deadline(deadline: Duration): PolicyDecorator {
  return declarePolicy({ deadline });
}
