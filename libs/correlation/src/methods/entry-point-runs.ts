import {
  currentContext,
  newCorrelationId,
  runInChildContext,
  runInContext,
  traced,
} from '@loyalnest/core';

/** Runs a method that no request has called. */
export type Run = (name: string, method: () => unknown) => unknown;

/** Each run is a story of its own, also if its timer was made in a request. */
export const runSchedule: Run = (name, method) =>
  runInContext({ correlationId: newCorrelationId() }, () =>
    traced('internal', () => ({ name, newTrace: true }), method),
  );

/** A listener belongs to what emitted its event; where that had no context, it begins one. */
export const runEvent: Run = (name, method) => {
  const run = (): unknown => traced('internal', () => ({ name }), method);
  return currentContext() ? run() : runInChildContext({}, run);
};
