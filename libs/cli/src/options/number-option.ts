import { OptionError } from '@loyalnest/core';

/** Reads a number. @throws OptionError that names the option */
export function numberOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw new OptionError(option, value, 'use a number');
}
