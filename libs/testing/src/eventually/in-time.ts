import { SystemClock } from '@loyalnest/core';
import { NotInTimeError } from './not-in-time.error.js';

const clock = new SystemClock();

/**
 * Settles like `work` if that settles within `withinMs`. It does not cancel the work.
 *
 * @param details extends the error message; called only on a timeout
 * @throws {@link NotInTimeError} on a timeout
 */
export async function inTime<T>(
  work: Promise<T>,
  withinMs: number,
  awaited: string,
  details: () => string = () => '',
): Promise<T> {
  const timer = new AbortController();
  const timeout = clock.sleep(withinMs, { signal: timer.signal }).then(() => {
    throw new NotInTimeError(awaited, withinMs, details());
  });
  timeout.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    timer.abort();
  }
}
