import { QueueUnavailableError } from '../connection/queue-unavailable.error.js';

/**
 * Runs `task` and rejects with {@link QueueUnavailableError} when Redis refuses or is silent. The
 * connection has a time limit for each command; this one holds for all commands together.
 */
export async function withinTimeLimit<T>(
  queue: string,
  limitMs: number,
  task: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([task(), limit]);
  } catch (error) {
    throw new QueueUnavailableError(queue, limitMs, error);
  } finally {
    clearTimeout(timer);
  }
}
