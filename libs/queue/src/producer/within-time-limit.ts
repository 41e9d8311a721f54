import { isLoyalNestError } from '@loyalnest/core';
import { QueueUnavailableError } from '../connection/queue-unavailable.error.js';

/**
 * Runs `task` and rejects with {@link QueueUnavailableError} if it fails or takes longer than
 * `limitMs`. The connection limits the time of each command; this limit covers all commands of the
 * task. A `LoyalNestError` is passed on unchanged, as it says more.
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
    const timer = setTimeout(() => fail(new Error(`no answer within ${limitMs} ms`)), limitMs);
    task().then((value) => {
      clearTimeout(timer);
      resolve(value);
    }, fail);
  });
}
