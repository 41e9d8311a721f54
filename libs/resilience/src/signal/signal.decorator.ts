import 'reflect-metadata';

const SIGNAL = 'loyalnest:resilience:signal-index';

/**
 * Fills the parameter with the signal of the running attempt, which aborts when the attempt times
 * out, the caller goes away or the deadline passes. A signal that the caller gives in its place
 * aborts the call too. Declare it as the last parameter: `@Signal() signal?: AbortSignal`.
 */
export function Signal() {
  return (target: object, key: string | symbol, index: number): void => {
    Reflect.defineMetadata(SIGNAL, index, target, key);
  };
}

/** Place of the parameter with `@Signal()`, of the method itself or the one it inherits. */
export function signalIndexOf(prototype: object, key: string | symbol): number | undefined {
  return Reflect.getMetadata(SIGNAL, prototype, key) as number | undefined;
}
