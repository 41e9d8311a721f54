import { newCorrelationId, runInContext, type RequestContext } from '@loyalnest/core';

/**
 * Begins a context for what no request, job or message has started: a script, a migration, a test.
 * Unlike `RequestContextService.run` it takes nothing over from a context around it. The correlation
 * id is a new one, unless `context` names it.
 *
 * @example
 * await runWithContext({ merchantId: 'acme' }, () => importPoints(file));
 */
export function runWithContext<T>(context: Partial<RequestContext>, task: () => T): T {
  return runInContext({ correlationId: newCorrelationId(), ...context }, task);
}
