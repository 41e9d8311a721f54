/** Amounts of one order line, in cents. */
export interface LineAmounts {
  readonly quantity: bigint;
  /** Per piece, before the discount. */
  readonly price: bigint;
  readonly discount: bigint;
  readonly stateTax: bigint;
  readonly cityTax: bigint;
}

/** Amounts of an order in one currency, in cents. They add up to the cent for any total. */
export interface OrderAmounts {
  readonly total: bigint;
  /** Lines before the discount. */
  readonly lineItems: bigint;
  readonly discount: bigint;
  /** Lines after the discount. */
  readonly subtotal: bigint;
  readonly stateTax: bigint;
  readonly cityTax: bigint;
  readonly tax: bigint;
  readonly shipping: bigint;
  readonly lines: readonly [LineAmounts, LineAmounts];
}

/** In percent. The discount applies to the lines. */
export const STATE_TAX_PERCENT = 6n;
export const CITY_TAX_PERCENT = 2n;
export const DISCOUNT_PERCENT = 10n;

/**
 * Splits exactly `total` cents into two lines, a discount, two taxes and shipping. Shipping absorbs
 * rounding differences. A negative total makes every amount negative.
 */
export function amountsFor(total: bigint): OrderAmounts {
  const subtotal = (total * 5n) / 6n;
  const stateTax = (subtotal * STATE_TAX_PERCENT) / 100n;
  const cityTax = (subtotal * CITY_TAX_PERCENT) / 100n;
  const tax = stateTax + cityTax;
  const lineItems = (subtotal * 100n) / (100n - DISCOUNT_PERCENT);
  const discount = lineItems - subtotal;
  const price = (lineItems * 3n) / 10n;
  const part = (amount: bigint): bigint => (amount * 6n) / 10n;
  const first: LineAmounts = {
    quantity: 2n,
    price,
    discount: part(discount),
    stateTax: part(stateTax),
    cityTax: part(cityTax),
  };
  const second: LineAmounts = {
    quantity: 1n,
    price: lineItems - 2n * price,
    discount: discount - first.discount,
    stateTax: stateTax - first.stateTax,
    cityTax: cityTax - first.cityTax,
  };
  return {
    total,
    lineItems,
    discount,
    subtotal,
    stateTax,
    cityTax,
    tax,
    shipping: total - subtotal - tax,
    lines: [first, second],
  };
}
