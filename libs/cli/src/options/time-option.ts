import { OptionError } from '@loyalnest/core';

const UNITS_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** The last day that a Date can hold, in milliseconds from 1970. */
const MAX_DATE_MS = 8.64e15;

/**
 * Reads a time that a person wrote: ISO 8601, or an age such as `2h`.
 *
 * @returns the time as ISO 8601
 * @throws OptionError that names the option
 */
export function timeOf(option: string, value: string, nowMs: number): string {
  const age = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value.trim());
  if (age) {
    const ms = nowMs - Number(age[1]) * UNITS_MS[age[2] as keyof typeof UNITS_MS];
    if (Math.abs(ms) <= MAX_DATE_MS) return new Date(ms).toISOString();
  }
  const isDate = /^\d{4}-\d{2}-\d{2}/.test(value.trim());
  const ms = Date.parse(value);
  if (isDate && Number.isFinite(ms)) return new Date(ms).toISOString();
  throw new OptionError(
    option,
    value,
    'use a time such as 2026-11-21T14:00Z, or an age such as 2h',
  );
}
