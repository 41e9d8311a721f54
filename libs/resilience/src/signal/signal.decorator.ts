import 'reflect-metadata';

const SIGNAL = 'loyalnest:resilience:signal-index';

/**
 * Sets the parameter to the signal of the running attempt, which aborts when the attempt times out,
 * the caller aborts or the deadline passes. If the caller passes a signal of its own, that signal
 * aborts the call too. Declare it as the last parameter: `@Signal() signal?: AbortSignal`.
 */
export function Signal() {
  return (target: object, key: string | symbol, index: number): void => {
    Reflect.defineMetadata(SIGNAL, index, target, key);
  };
}

/** Index of the `@Signal()` parameter, on the method itself or the one it overrides. */
export function signalIndexOf(prototype: object, key: string | symbol): number | undefined {
  return Reflect.getMetadata(SIGNAL, prototype, key) as number | undefined;
}
