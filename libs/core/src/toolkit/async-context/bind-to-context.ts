import { AsyncResource } from 'node:async_hooks';

/**
 * Returns a function that calls `listener` in the current async context. Emitters call their listeners
 * in the context of the emit, which may be another request on the same connection.
 */
export function bindToContext<Args extends unknown[]>(
  listener: (...args: Args) => void,
): (...args: Args) => void {
  const context = new AsyncResource('LoyalNestListener');
  return (...args) => context.runInAsyncScope(listener, undefined, ...args);
}
