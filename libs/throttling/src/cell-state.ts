import type { ResolvedRate } from '@loyalnest/core/toolkit';

/** Returns how many requests the cell would allow now. */
export function remaining(aheadUs: number, { capacityUs, intervalUs }: ResolvedRate): number {
  return Math.floor((capacityUs - aheadUs) / intervalUs);
}

/** Returns the time until the cell allows another request; 0 if it does now. */
export function retryAfterMs(aheadUs: number, { capacityUs, intervalUs }: ResolvedRate): number {
  return Math.max(0, Math.ceil((aheadUs + intervalUs - capacityUs) / 1_000));
}

/** Returns the time until the cell allows its whole burst again, in whole seconds. */
export function resetSeconds(aheadUs: number): number {
  return Math.ceil(aheadUs / 1_000_000);
}
