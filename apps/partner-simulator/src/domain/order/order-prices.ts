import { toDecimal } from './decimal.js';
import { amountsFor, type OrderAmounts } from './order-amounts.js';

/** Selects an amount of the order, such as `({ shipping }) => shipping`. */
export type AmountOf = (amounts: OrderAmounts) => bigint;

export interface MoneySet {
  readonly shop_money: Money;
  readonly presentment_money: Money;
}

interface Money {
  readonly amount: string;
  readonly currency_code: string;
}

/** Presentment amount in percent of the amount in the shop's currency. */
const PRESENTMENT_RATE = 92n;

/** Amounts of an order in the shop's currency and in the currency that the customer pays in. */
export class OrderPrices {
  readonly shopCurrency = 'USD';
  readonly presentmentCurrency = 'EUR';
  private readonly shop: OrderAmounts;
  private readonly presentment: OrderAmounts;

  /** @param total cents in the shop's currency */
  constructor(total: bigint) {
    this.shop = amountsFor(total);
    this.presentment = amountsFor((total * PRESENTMENT_RATE) / 100n);
  }

  /** In the shop's currency. */
  decimal(amountOf: AmountOf): string {
    return toDecimal(amountOf(this.shop));
  }

  set(amountOf: AmountOf): MoneySet {
    const money = (amounts: OrderAmounts, currency: string): Money => ({
      amount: toDecimal(amountOf(amounts)),
      currency_code: currency,
    });
    return {
      shop_money: money(this.shop, this.shopCurrency),
      presentment_money: money(this.presentment, this.presentmentCurrency),
    };
  }

  /** A field together with its set, as `{ total_tax, total_tax_set }`. */
  both(field: string, amountOf: AmountOf): Record<string, string | MoneySet> {
    return { [field]: this.decimal(amountOf), [`${field}_set`]: this.set(amountOf) };
  }
}
