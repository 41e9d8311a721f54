import { failureReason } from '@loyalnest/core/toolkit';

/**
 * Calls a predicate of the application. If it throws, the result is false and the process emits a warning,
 * because its error must not replace the result of the call.
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
    process.emitWarning(`${option} threw and counts as false: ${failureReason(error)}`, {
      code: 'LOYALNEST_PREDICATE',
    });
    return false;
  }
}
