import { durationMs, type Duration } from '../duration/duration.js';
import { OptionError } from '../options/option.error.js';

/** How delays are randomized, so that clients that failed together do not retry together. */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

/** Options of {@link createBackoff}. */
export interface BackoffOptions {
  /** Delay before the first retry, before jitter. @defaultValue '100ms' */
  readonly initial?: Duration;
  /** Upper bound of every delay. @defaultValue '10s' */
  readonly max?: Duration;
  /** Growth from one retry to the next; 1 keeps the delay fixed. At least 1. @defaultValue 2 */
  readonly factor?: number;
  /** How the delay is randomized. @defaultValue 'full' */
  readonly jitter?: Jitter;
}

/** Returns the delay in milliseconds before retry number `retry` (1 is the first). */
export type Backoff = (retry: number, previousDelayMs?: number) => number;

const JITTERS: readonly Jitter[] = ['full', 'equal', 'decorrelated', 'none'];

/**
 * Creates an exponential backoff with jitter. Formulas: M. Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015 (cap = max, base = initial):
 * full: random(0, min(cap, base * factor^n)); equal: half of it plus random(0, half);
 * decorrelated: min(cap, random(base, previous * 3)).
 *
 * @param path name of the option, for errors: `ledger.backoff`
 * @param random returns a number from 0 (inclusive) to 1 (exclusive)
 * @throws {@link OptionError}
 */
export function createBackoff(
  path: string,
  options: BackoffOptions = {},
  random: () => number = Math.random,
): Backoff {
  const initialMs = durationMs(`${path}.initial`, options.initial ?? '100ms');
  const maxMs = durationMs(`${path}.max`, options.max ?? '10s', { minMs: initialMs });
  const factor = options.factor ?? 2;
  const jitter = options.jitter ?? 'full';
  if (!(Number.isFinite(factor) && factor >= 1)) {
    throw new OptionError(`${path}.factor`, factor, 'use a number >= 1');
  }
  if (!JITTERS.includes(jitter)) {
    throw new OptionError(`${path}.jitter`, jitter, `use one of ${JITTERS.join(', ')}`);
  }
  // After a thousand retries the growth is Infinity, and 0 * Infinity is NaN.
  const ceiling = (retry: number): number =>
    initialMs === 0 ? 0 : Math.min(maxMs, initialMs * factor ** (retry - 1));
  switch (jitter) {
    case 'none':
      return ceiling;
    case 'full':
      return (retry) => random() * ceiling(retry);
    case 'equal':
      return (retry) => (ceiling(retry) / 2) * (1 + random());
    case 'decorrelated':
      return (_retry, previousDelayMs = initialMs) =>
        Math.min(maxMs, initialMs + random() * Math.max(0, previousDelayMs * 3 - initialMs));
  }
}
