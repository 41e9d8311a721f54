import { OptionError } from '../../options/option.error.js';

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
}

/** Returns `value` if it is a whole number within the range; throws {@link OptionError} otherwise. */
export function wholeNumber(path: string, value: unknown, range: NumberRange = {}): number {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) {
    return value as number;
  }
  const upper = range.max === undefined ? '' : ` and <= ${max}`;
  throw new OptionError(path, value, `use a whole number >= ${min}${upper}`);
}

/** Returns `value` if it is a number within the range (0 to 1 unless told otherwise). */
export function ratio(path: string, value: unknown, range: NumberRange = {}): number {
  const { min = 0, max = 1 } = range;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new OptionError(path, value, `use a number from ${min} to ${max}`);
}
