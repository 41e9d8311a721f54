import { declarePolicy, type AsyncMethod } from '../pipeline/declare-policy.js';
import type { RetryOptions } from './retry.options.js';

/** Calls the method again when it fails for a reason that may pass. */
export function Retry(options: RetryOptions = {}) {
  return <Method extends AsyncMethod>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => declarePolicy('retry', options)(target, key, descriptor);
}
