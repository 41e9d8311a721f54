/**
 * Returns the key that a `key` option computes for a call. Undefined if it is undefined, null or empty:
 * such a key names nobody, so calls with it must not be counted or served together.
 */
export function ownKey(
  key: (...args: never[]) => string,
  self: unknown,
  args: readonly unknown[],
): string | undefined {
  const own: unknown = Reflect.apply(key, self, args);
  return own === undefined || own === null || own === '' ? undefined : String(own);
}
