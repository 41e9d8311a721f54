import { fieldOf } from '@loyalnest/core/toolkit';

/**
 * Ends the body of a returned HTTP response that nobody will read, so that its connection is free again.
 * Has no effect on other values.
 */
export function discardResponse(value: unknown): void {
  const body = fieldOf(value, 'body');
  // Without a listener, the error of a destroyed stream would end the process.
  call(body, 'on', 'error', () => {});
  // A web stream has cancel(), undici's bodies have dump(), streams of Node have destroy().
  const end = ['cancel', 'dump', 'destroy'].find(
    (name) => typeof fieldOf(body, name) === 'function',
  );
  if (end !== undefined) call(body, end);
}

function call(body: unknown, name: string, ...args: readonly unknown[]): void {
  const method = fieldOf(body, name);
  if (typeof method !== 'function') return;
  try {
    void Promise.resolve(Reflect.apply(method, body, args)).catch(() => {});
  } catch {
    // A body that cannot be ended is its owner's.
  }
}
