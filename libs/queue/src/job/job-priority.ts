import { wholeNumber } from '@loyalnest/core/toolkit';

/** What BullMQ's score has room for. */
const LOWEST_PRIORITY = 2 ** 21 - 1;

/**
 * Checks a priority: 1 is the highest; 0, which is none, goes before all of them.
 *
 * @throws OptionError outside of 0 to 2097151
 */
export function jobPriority(path: string, priority: number | undefined): number {
  return wholeNumber(path, priority ?? 0, { max: LOWEST_PRIORITY });
}
