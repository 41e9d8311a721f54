import type { Duration } from '@loyalnest/core';
import { declarePolicy, type AsyncMethod } from '../pipeline/declare-policy.js';

/**
 * Each attempt of the method ends after `timeout` at the latest: it rejects with TimeoutError and
 * its signal (`currentSignal()`) aborts.
 */
export function Timeout(timeout: Duration) {
  return <Method extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => declarePolicy('timeout', { timeout })(target, key, descriptor);
}
