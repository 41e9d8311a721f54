import type { Observable } from 'rxjs';
import { declarePolicy } from '../declaration/declare-policy.js';
import type { FallbackCondition, FallbackHandler } from './fallback.options.js';

type Later = Promise<unknown> | Observable<unknown>;

type Settled<Result> =
  Result extends Promise<infer Value>
    ? Value
    : Result extends Observable<infer Value>
      ? Value
      : never;

/** For a method whose class has the named one, with the same parameters plus the error. */
export type NamedFallbackDecorator<Name extends string> = <
  Args extends unknown[],
  Result extends Later,
  Target extends Record<Name, (...args: [...Args, error: unknown]) => Result>,
>(
  target: Target,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<(...args: Args) => Result>,
) => void;

/** For a method that returns the same type of value as the function. */
export type FunctionFallbackDecorator<Args extends readonly unknown[], Answer> = <
  Result extends Later,
>(
  target: object,
  key: string | symbol,
  descriptor: [Awaited<Answer>] extends [Settled<Result>]
    ? TypedPropertyDescriptor<(...args: Args extends unknown[] ? Args : never[]) => Result>
    : never,
) => void;

/**
 * When the method fails after all retries, its caller gets the result of `handler` instead: a
 * public method of the same class with the same parameters plus the error, or a function of the
 * error and the arguments. Anything else does not compile, and a missing method fails the boot. Do
 * not give the fallback method default values: its number of parameters decides where the error
 * goes.
 *
 * A caller that has aborted gets its own abort, never a fallback.
 */
export function Fallback<Name extends string>(
  handler: Name,
  condition?: FallbackCondition,
): NamedFallbackDecorator<Name>;
export function Fallback<Args extends unknown[], Answer>(
  handler: (error: unknown, args: Args) => Answer,
  condition?: FallbackCondition,
): FunctionFallbackDecorator<Args, Answer>;
export function Fallback(handler: FallbackHandler, condition: FallbackCondition = {}): unknown {
  return declarePolicy({ fallback: { handler, ...condition } });
}
