import { fieldOf } from '@loyalnest/core/toolkit';

/**
 * Ends the body of a returned HTTP response that nobody will read, so that its connection is free again.
 * Has no effect on other values.
 */
export function discardResponse(value: unknown): void {
  const body = fieldOf(value, 'body');
  // A web stream has cancel(), a stream of Node has destroy().
  for (const name of ['cancel', 'destroy'] as const) {
    const end = fieldOf(body, name);
    if (typeof end !== 'function') continue;
    try {
      void Promise.resolve(Reflect.apply(end, body, [])).catch(() => {});
    } catch {
      // A body that cannot be ended is its owner's.
    }
    return;
  }
}
