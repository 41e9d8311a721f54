import { OptionError } from '@loyalnest/core';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** An age in its two greatest units, such as `3d 4h`. */
export function humanAge(ms: number): string {
  const at = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  if (at < 0) return `${Math.max(0, Math.round(ms))}ms`;
  const [unit, unitMs] = UNITS[at]!;
  const smaller = UNITS[at + 1];
  const rest = smaller ? Math.floor((ms % unitMs) / smaller[1]) : 0;
  return `${Math.floor(ms / unitMs)}${unit}${rest > 0 ? ` ${rest}${smaller![0]}` : ''}`;
}

/**
 * A time that a person wrote: ISO 8601, or how long ago, such as `2h`.
 *
 * @throws OptionError naming the option
 */
export function timeOf(option: string, value: string, nowMs: number): string {
  const ago = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value.trim());
  if (ago) {
    const unitMs = ago[2] === 'ms' ? 1 : UNITS.find(([unit]) => unit === ago[2])![1];
    const ms = nowMs - Number(ago[1]) * unitMs;
    if (Math.abs(ms) <= 8.64e15) return new Date(ms).toISOString();
  }
  const isDate = /^\d{4}-\d{2}-\d{2}/.test(value.trim());
  const ms = Date.parse(value);
  if (isDate && Number.isFinite(ms)) return new Date(ms).toISOString();
  throw new OptionError(option, value, 'use a time such as 2026-11-21T14:00Z, or how long ago: 2h');
}
