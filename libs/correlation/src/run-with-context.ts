import { newCorrelationId, runInContext, type RequestContext } from '@loyalnest/core';

/**
 * Runs `task` in a new context, for code that no request, job or message started: a script, a
 * migration, a test. Unlike `RequestContextService.run` it inherits nothing from an outer context.
 * The correlation id is new unless `context` has one.
 *
 * @example
 * await runWithContext({ merchantId: 'acme' }, () => importPoints(file));
 */
export function runWithContext<T>(context: Partial<RequestContext>, task: () => T): T {
  return runInContext({ correlationId: newCorrelationId(), ...context }, task);
}
