import type { Money } from './money.js';

/** How many points an amount earns. */
export class EarningRule {
  /**
   * @param pointsPerUnit points for one whole unit of the shop's currency; a whole number >= 1
   * @throws RangeError for any other number
   */
  constructor(private readonly pointsPerUnit: number) {
    if (!Number.isSafeInteger(pointsPerUnit) || pointsPerUnit < 1) {
      throw new RangeError(`points per unit: got ${pointsPerUnit}; use a whole number >= 1`);
    }
  }

  /**
   * Points are rounded down, in favour of nobody but arithmetic.
   *
   * @throws RangeError for an amount whose points a number cannot hold exactly
   */
  pointsFor(total: Money): number {
    const points = Number(total.timesFloored(this.pointsPerUnit));
    if (Number.isSafeInteger(points)) return points;
    throw new RangeError(`${total} ${total.currency} earns more points than can be counted`);
  }
}
