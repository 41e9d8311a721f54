import { OptionError } from '../options/option.error.js';

/** A length of time: a number of milliseconds, or a number with a unit such as `'250ms'`, `'2s'`, `'1.5m'`, `'1h'`, `'7d'`. */
export type Duration =
  number | `${number}ms` | `${number}s` | `${number}m` | `${number}h` | `${number}d`;

/** The longest delay of a Node timer. A timer with a longer delay fires after 1 ms. */
export const MAX_TIMER_MS = 2_147_483_647;

/** The allowed range of a duration, both ends included. */
export interface DurationRange {
  /** Shortest allowed duration in milliseconds. @defaultValue 0 */
  readonly minMs?: number;
  /** Longest allowed duration in milliseconds. @defaultValue 2147483647, the longest timer */
  readonly maxMs?: number;
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * Converts a duration to milliseconds.
 *
 * @param path name of the option, for the error: `policies.sms.timeout`
 * @throws {@link OptionError} for a value that is not a duration (NaN of an unset variable, a missing
 * unit, a negative number) or is outside the range
 */
export function durationMs(path: string, value: unknown, range: DurationRange = {}): number {
  const { minMs = 0, maxMs = MAX_TIMER_MS } = range;
  const ms = toMilliseconds(value);
  if (ms === undefined) {
    throw new OptionError(path, value, `use milliseconds or a string such as '500ms', '2s', '5m'`);
  }
  if (ms < minMs || ms > maxMs) {
    throw new OptionError(path, value, `use a duration from ${minMs} ms to ${maxMs} ms`);
  }
  return ms;
}

function toMilliseconds(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = PATTERN.exec(value.trim());
  if (!match) return undefined;
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}
