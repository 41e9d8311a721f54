import { declarePolicy } from '../pipeline/declare-policy.js';
import type { FallbackHandler } from './fallback.options.js';

/**
 * When the method fails in the end, its caller gets the result of `handler` instead: a public
 * method of the same class with the same parameters plus the error. Anything else does not compile,
 * and a missing method fails the boot. Give the handler no default values: the error's place is taken
 * from its number of parameters.
 */
export function Fallback<Name extends FallbackHandler>(handler: Name) {
  return <
    Args extends unknown[],
    Result,
    Target extends Record<Name, (...args: [...Args, error: unknown]) => Promise<Result>>,
  >(
    target: Target,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<(...args: Args) => Promise<Result>>,
  ): void => declarePolicy('fallback', handler)(target, key, descriptor);
}
