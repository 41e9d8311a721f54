import { OptionError } from '../../options/option.error.js';

/** The allowed range of a number, both ends included. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/**
 * Returns `value` if it is a whole number in the range (by default 0 or more).
 *
 * @throws {@link OptionError}
 */
export function wholeNumber(path: string, value: unknown, range: NumberRange = {}): number {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) {
    return value as number;
  }
  const upper = range.max === undefined ? '' : ` and <= ${max}`;
  throw new OptionError(path, value, `use a whole number >= ${min}${upper}`);
}

/**
 * Returns `value` if it is a number in the range (by default 0 to 1).
 *
 * @throws {@link OptionError}
 */
export function ratio(path: string, value: unknown, range: NumberRange = {}): number {
  const { min = 0, max = 1 } = range;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new OptionError(path, value, `use a number from ${min} to ${max}`);
}
