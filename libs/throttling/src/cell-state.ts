import type { ResolvedRate } from '@loyalnest/core/toolkit';

/** How many requests the cell would let in now. */
export function remaining(aheadUs: number, { capacityUs, intervalUs }: ResolvedRate): number {
  return Math.floor((capacityUs - aheadUs) / intervalUs);
}

/** Time until the cell lets one more request in; 0 if it does now. */
export function retryAfterMs(aheadUs: number, { capacityUs, intervalUs }: ResolvedRate): number {
  return Math.max(0, Math.ceil((aheadUs + intervalUs - capacityUs) / 1_000));
}

/** Time until the cell is as if nothing had ever been taken, in whole seconds. */
export function resetSeconds(aheadUs: number): number {
  return Math.ceil(aheadUs / 1_000_000);
}
