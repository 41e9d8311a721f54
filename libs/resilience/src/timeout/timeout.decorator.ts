import type { Duration } from '@loyalnest/core';
import type { PolicyDecorator } from '../declaration/async-method.js';
import { declarePolicy } from '../declaration/declare-policy.js';

/**
 * Limits each attempt of the method. After `timeout` the attempt rejects with TimeoutError and its
 * signal (`currentSignal()`) aborts. For a method that returns an Observable it limits the wait for
 * the first value and for each further one.
 */
export function Timeout(timeout: Duration): PolicyDecorator {
  return declarePolicy({ timeout });
}
