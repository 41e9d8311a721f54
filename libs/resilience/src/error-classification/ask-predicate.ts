/**
 * Calls a predicate of the application. One that throws counts as false and causes a warning,
 * because it must not replace the result of the call.
 */
export function askPredicate<Value>(
  option: string,
  predicate: ((value: Value) => boolean) | undefined,
  value: Value,
): boolean {
  if (predicate === undefined) return false;
  try {
    return predicate(value);
  } catch (error) {
    process.emitWarning(`${option} threw and counts as false: ${String(error)}`, {
      code: 'LOYALNEST_PREDICATE',
    });
    return false;
  }
}
