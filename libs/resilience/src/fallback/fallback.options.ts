import { OptionError } from '@loyalnest/core';

/** Name of a method of the same class. It gets the arguments of the call and then the error. */
export type FallbackMethod = string;

/** Gets the error and the arguments of the call; `this` is the instance of the call. */
export type FallbackFunction = (error: unknown, args: never) => unknown;

export type FallbackHandler = FallbackMethod | FallbackFunction;

export interface FallbackCondition {
  /** Which errors the fallback handles; the others reach the caller. @defaultValue all */
  readonly on?: (error: unknown) => boolean;
}

export interface FallbackOptions extends FallbackCondition {
  readonly handler: FallbackHandler;
}

/** @throws {@link OptionError} if the class of `prototype` has no such method */
export function checkFallback(
  path: string,
  { handler }: FallbackOptions,
  prototype: object,
  key: string | symbol,
): void {
  if (typeof handler === 'function') return;
  if (handler === key) {
    throw new OptionError(path, handler, 'name another method: this is the one that failed');
  }
  if (typeof handler !== 'string' || typeof Reflect.get(prototype, handler) !== 'function') {
    throw new OptionError(
      path,
      handler,
      'name a method of the same class with the same parameters plus the error',
    );
  }
}
