import { runInDeferredContext } from '@loyalnest/core/toolkit';
import { from, isObservable, type Observable } from 'rxjs';
import { drainObservable } from '../observable/drain-observable.js';
import { UnexpectedObservableError } from '../observable/unexpected-observable.error.js';
import type { Call, Operation } from '../policy/call.js';

/**
 * The innermost operation: the method itself, on the call's own instance. A plain value or a
 * synchronous error settles like a promise.
 *
 * @param signalIndex index of the parameter that is decorated with `@Signal()`
 */
export function invocationOf(
  name: string,
  method: (...args: never[]) => unknown,
  signalIndex: number | undefined,
): Operation {
  const invoke: Operation = (call) => {
    const { self, stream } = call;
    try {
      const args = signalIndex === undefined ? call.args : withSignal(call, signalIndex);
      const result: unknown = Reflect.apply(method, self, args);
      if (stream) return drainObservable(asObservable(result), stream, call.signal);
      if (result instanceof Promise) return result;
      if (isObservable(result)) throw new UnexpectedObservableError(name);
      return Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  };
  return (call) => (call.altered ? runInDeferredContext(call, invoke, call) : invoke(call));
}

function withSignal({ args, signal }: Call, index: number): readonly unknown[] {
  const filled = [...args];
  filled[index] = signal;
  return filled;
}

function asObservable(result: unknown): Observable<unknown> {
  return isObservable(result) ? result : from(Promise.resolve(result));
}
