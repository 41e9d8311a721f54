import {
  currentContext,
  newCorrelationId,
  runInChildContext,
  runInContext,
  traced,
  type RequestContext,
} from '@loyalnest/core';
import { isObservable, Observable } from 'rxjs';

/** Runs a method that was started without a request. */
export type Run = (name: string, method: () => unknown) => unknown;

/** Each run gets a new context and a new trace, even if its timer was created in a request. */
export const runSchedule: Run = (name, method) =>
  runInContext({ correlationId: newCorrelationId() }, () =>
    traced('internal', () => ({ name, newTrace: true }), method),
  );

/** A listener runs in the emitter's context, or in a new one if the emitter has none. */
export const runEvent: Run = (name, method) => {
  const run = (): unknown => traced('internal', () => ({ name }), method);
  return currentContext() ? run() : runInChildContext({}, run);
};

/** Each message of a WebSocket gets a new context: the socket outlives the request that opened it. */
export const runMessage: Run = (name, method) => {
  const context = { correlationId: newCorrelationId() };
  return runInContext(context, () => {
    const result = traced('server', () => ({ name, newTrace: true }), method);
    // Nest subscribes after the method has returned.
    return result instanceof Promise
      ? result.then((value: unknown) => withinContext(context, value))
      : withinContext(context, result);
  });
};

function withinContext(context: RequestContext, result: unknown): unknown {
  if (!isObservable(result)) return result;
  return new Observable((subscriber) => runInContext(context, () => result.subscribe(subscriber)));
}
