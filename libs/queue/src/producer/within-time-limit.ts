import { isLoyalNestError } from '@loyalnest/core';
import { QueueUnavailableError } from '../connection/queue-unavailable.error.js';

/**
 * Runs `task` and rejects with {@link QueueUnavailableError} when Redis refuses or is silent. The
 * connection has a time limit for each command; this one holds for all commands together. Errors
 * of the suite pass as they are: they say more.
 */
export function withinTimeLimit<T>(
  queue: string,
  limitMs: number,
  task: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(isLoyalNestError(error) ? error : new QueueUnavailableError(queue, limitMs, error));
    };
    const timer = setTimeout(() => fail(new Error(`no answer in ${limitMs} ms`)), limitMs);
    task().then((value) => {
      clearTimeout(timer);
      resolve(value);
    }, fail);
  });
}
