import type { Duration } from '@loyalnest/core';
import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';

/**
 * Limits the whole call with all its attempts, delays and waits in queues. After `deadline` it
 * rejects with DeadlineExceededError and all its signals abort. An earlier deadline of the caller
 * applies too.
 */
export function Deadline(deadline: Duration): PolicyDecorator {
  return declarePolicy({ deadline });
}
