import { SystemClock } from '@loyalnest/core';
import { NotInTimeError } from './not-in-time.error.js';

const clock = new SystemClock();

/**
 * The result of `work`, if it settles within `withinMs`; the work itself goes on.
 *
 * @throws {@link NotInTimeError} otherwise; `details` is asked only then.
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
