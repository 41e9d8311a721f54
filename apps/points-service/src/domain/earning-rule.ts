import type { Money } from './money.js';

/** How many points an amount earns. */
export class EarningRule {
  constructor(
    /** Points for one whole unit of the shop's currency; a whole number of at least 1. */
    private readonly pointsPerUnit: number,
  ) {}

  /** Points are rounded down, in favour of nobody but arithmetic. */
  pointsFor(total: Money): number {
    return Number(total.timesFloored(this.pointsPerUnit));
  }
}
