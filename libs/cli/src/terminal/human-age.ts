const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** An age in its two largest units, such as `3d 4h`. */
export function humanAge(ms: number): string {
  const at = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  if (at < 0) return `${Math.max(0, Math.round(ms))}ms`;
  const [unit, unitMs] = UNITS[at]!;
  const smaller = UNITS[at + 1];
  const rest = smaller ? Math.floor((ms % unitMs) / smaller[1]) : 0;
  return `${Math.floor(ms / unitMs)}${unit}${rest > 0 ? ` ${rest}${smaller![0]}` : ''}`;
}
