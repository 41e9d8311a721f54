import { Logger } from '@nestjs/common';

const MAX_KNOWN = 1_000;
const known = new Set<string>();

/** Logs once per policy that a call was not shared, because its key names nobody. */
export function warnAbsentKey(policy: string, problem: string, remedy: string): void {
  if (known.has(policy) || known.size >= MAX_KNOWN) return;
  known.add(policy);
  new Logger('Resilience').warn(`${policy} has no effect on a call: ${problem}; ${remedy}`);
}
