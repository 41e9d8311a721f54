import { AsyncResource } from 'node:async_hooks';
import { leaveContext } from '../../context/request-context.js';

/**
 * The async context in which this module was loaded, without a request context. A lazy import inside a
 * request must not make that request the context of the process.
 */
const PROCESS = leaveContext(() => new AsyncResource('LoyalNestProcess'));

/**
 * Runs `task`, and everything that it starts, in no request's context: neither in that of the suite nor
 * in that of another `AsyncLocalStorage`. For what belongs to the process, such as a shared connection,
 * a periodic task or the state of a circuit breaker, even if a request was the first to need it.
 */
export function runOutsideContext<T>(task: () => T): T {
  return PROCESS.runInAsyncScope(task);
}
