import {
  currentContext,
  newCorrelationId,
  runInChildContext,
  runInContext,
  traced,
} from '@loyalnest/core';

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
