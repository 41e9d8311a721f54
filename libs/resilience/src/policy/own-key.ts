/**
 * Returns the key that a `key` option computes for a call. Undefined if it is undefined, null, empty, NaN,
 * a promise or another object, all of which would be the same text: such a key names nobody, so calls with
 * it must not be counted or served together.
 */
export function ownKey(
  key: (...args: never[]) => string,
  self: unknown,
  args: readonly unknown[],
): string | undefined {
  const own: unknown = Reflect.apply(key, self, args);
  if (own === undefined || own === '' || Number.isNaN(own)) return undefined;
  return typeof own === 'object' || typeof own === 'function' ? undefined : String(own);
}
