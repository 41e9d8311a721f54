import { wholeNumber } from '@loyalnest/core/toolkit';

/** The largest priority that fits into BullMQ's score. */
const LOWEST_PRIORITY = 2 ** 21 - 1;

/**
 * Checks a priority. 1 is the highest; 0 means no priority and runs before all others.
 *
 * @throws OptionError unless it is from 0 to 2097151
 */
export function jobPriority(path: string, priority: number | undefined): number {
  return wholeNumber(path, priority ?? 0, { max: LOWEST_PRIORITY });
}
