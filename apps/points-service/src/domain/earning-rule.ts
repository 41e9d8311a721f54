import type { Money } from './money.js';

/** How many points an amount earns. */
export class EarningRule {
  /**
   * @param pointsPerUnit points per whole unit of the shop's currency; a whole number >= 1
   * @throws RangeError for any other value
   */
  constructor(private readonly pointsPerUnit: number) {
    if (!Number.isSafeInteger(pointsPerUnit) || pointsPerUnit < 1) {
      throw new RangeError(`points per unit: got ${pointsPerUnit}; use a whole number >= 1`);
    }
  }

  /**
   * Rounds down to whole points.
   *
   * @throws RangeError if a number cannot hold the points exactly
   */
  pointsFor(total: Money): number {
    const points = Number(total.timesFloored(this.pointsPerUnit));
    if (Number.isSafeInteger(points)) return points;
    throw new RangeError(
      `${total} ${total.currency} earns more points than a number can hold exactly`,
    );
  }
}
