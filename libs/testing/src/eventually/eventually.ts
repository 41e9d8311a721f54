import { durationMs, SystemClock, type Duration } from '@loyalnest/core';
import { NotInTimeError } from './not-in-time.error.js';

export interface EventuallyOptions {
  /** How long to keep trying. @defaultValue '5s' */
  readonly within?: Duration;
  /** Pause between two tries. @defaultValue '20ms' */
  readonly every?: Duration;
  /** What the error says did not happen. @defaultValue 'the awaited condition' */
  readonly what?: string;
}

const clock = new SystemClock();

/**
 * Calls `check` until it neither throws nor returns `false`, and resolves to its result.
 *
 * @throws {@link NotInTimeError} with the last failure as its cause
 * @example
 * await eventually(() => expect(downstream.requests).toHaveLength(3));
 * const account = await eventually(async () => (await read('42')) ?? false);
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const withinMs = durationMs('eventually.within', options.within ?? '5s');
  const everyMs = durationMs('eventually.every', options.every ?? '20ms');
  const giveUpAt = clock.monotonic() + withinMs;
  for (;;) {
    let failure: unknown;
    try {
      const result = await check();
      if (result !== false) return result as Exclude<T, false>;
    } catch (error) {
      failure = error;
    }
    if (clock.monotonic() >= giveUpAt) {
      const details = failure instanceof Error ? `: ${failure.message}` : '';
      throw new NotInTimeError(options.what ?? 'the awaited condition', withinMs, details, failure);
    }
    await clock.sleep(everyMs);
  }
}
