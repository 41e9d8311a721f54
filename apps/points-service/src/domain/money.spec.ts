import fc from 'fast-check';
import { Money } from './money.js';

const parse = (text: string): Money => Money.parse(text, 'USD')!;

const digits = (range: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), ...range });

interface Amount {
  readonly negative: boolean;
  readonly whole: bigint;
  readonly fraction: string;
}

/** An amount as the parts of its decimal: no leading zero, a fraction of 0 to 15 digits. */
const amounts: fc.Arbitrary<Amount> = fc.record({
  negative: fc.boolean(),
  whole: fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
  fraction: digits({ minLength: 0, maxLength: 15 }),
});

function decimal({ negative, whole, fraction }: Amount): string {
  const isZero = whole === 0n && /^0*$/.test(fraction);
  return `${negative && !isZero ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}

describe('an amount of money', () => {
  it('prints the same digits that it was parsed from', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parse(decimal(amount)).toString()).toBe(decimal(amount));
      }),
    );
  });

  it('multiplied by a whole number is exact and rounded down', () => {
    fc.assert(
      fc.property(amounts, fc.maxSafeInteger(), (amount, factor) => {
        const text = decimal(amount);
        const divisor = 10n ** BigInt(amount.fraction.length);
        const product = BigInt(text.replace('.', '')) * BigInt(factor);
        const floored = parse(text).timesFloored(factor);
        const rest = product - floored * divisor;
        expect(rest >= 0n && rest < divisor).toBe(true);
      }),
    );
  });

  it.each([
    ['0.29', 100, 29n],
    ['4.35', 100, 435n],
    ['59.95', 1, 59n],
    ['59.95', 20, 1199n],
    ['0.999999999999999', 1, 0n],
    ['999999999999999.99', 1, 999999999999999n],
    ['-0.01', 1, -1n],
    ['-2.00', 3, -6n],
    ['7', 0, 0n],
  ])('of %s times %d is %d', (text, factor, expected) => {
    expect(parse(text).timesFloored(factor)).toBe(expected);
  });

  it('is negative only below zero', () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        expect(parse(decimal(amount)).isNegative).toBe(decimal(amount).startsWith('-'));
      }),
    );
    expect(parse('-0.00').isNegative).toBe(false);
    expect(parse('-0.00').toString()).toBe('0.00');
  });

  it('keeps its currency', () => {
    expect(Money.parse('1.00', 'EUR')?.currency).toBe('EUR');
  });
});

describe('parsing an amount of money', () => {
  // prettier-ignore
  it.each([
    '', ' ', '.', '1.', '.5', '+1', '--1', '1e3', '1,5', '1.2.3', ' 1', '1\n', '1_000', '0x10', 'NaN',
    'Infinity', '٣', '59.95 USD', '1234567890123456', `0.${'1'.repeat(16)}`,
    59.95, 5, 5n, null, undefined, true, {}, ['5'], { toString: () => '5' },
  ])('refuses %p', (value) => {
    expect(Money.parse(value, 'USD')).toBeUndefined();
  });
});
