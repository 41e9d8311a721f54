import fc from 'fast-check';
import { EarningRule } from './earning-rule.js';
import { Money } from './money.js';

const usd = (amount: string): Money => Money.parse(amount, 'USD')!;

describe('an earning rule', () => {
  it.each([
    ['59.95', 1, 59],
    ['59.95', 10, 599],
    ['0.99', 1, 0],
    ['0.29', 100, 29],
    ['0.00', 5, 0],
    ['1000000', 3, 3_000_000],
  ])('for %s at %d points per unit gives %d points', (amount, pointsPerUnit, points) => {
    expect(new EarningRule(pointsPerUnit).pointsFor(usd(amount))).toBe(points);
  });

  it('gives whole points only, and never fewer for a higher amount', () => {
    const cents = fc.nat({ max: 10_000_000 });
    const amount = (value: number): Money =>
      usd(`${Math.floor(value / 100)}.${String(value % 100).padStart(2, '0')}`);
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 1, max: 1_000 }), (a, b, pointsPerUnit) => {
        const rule = new EarningRule(pointsPerUnit);
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((value) =>
          rule.pointsFor(amount(value)),
        );
        expect(less).toBeLessThanOrEqual(more!);
        expect(Number.isSafeInteger(less)).toBe(true);
      }),
    );
  });

  it('refuses an amount that earns more points than a number can hold exactly', () => {
    const total = usd('999999999999999.99');
    expect(new EarningRule(9).pointsFor(total)).toBe(8_999_999_999_999_999);
    expect(() => new EarningRule(10).pointsFor(total)).toThrow(
      '999999999999999.99 USD earns more points than a number can hold exactly',
    );
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses %p points per unit', (points) => {
    expect(() => new EarningRule(points)).toThrow(
      `points per unit: got ${points}; use a whole number >= 1`,
    );
  });
});
