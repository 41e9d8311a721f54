import type { OrderPrices } from './order-prices.js';

/** What differs from one order of the shop to the next. */
export interface ShopOrder {
  /** Larger than 2^53, like Shopify's ids. */
  readonly id: bigint;
  /** Counts up from 1 in each shop. */
  readonly number: number;
  readonly shopDomain: string;
  /** Undefined for guest and point-of-sale orders. */
  readonly customerId: bigint | undefined;
  readonly email: string;
  readonly prices: OrderPrices;
  readonly placedAt: Date;
}

const SHOP_OFFSET_HOURS = 5;

/** Formats a time as the shop does: in its own time zone, without milliseconds. */
export function shopTime(at: Date): string {
  const shifted = new Date(at.getTime() - SHOP_OFFSET_HOURS * 3_600_000);
  return `${shifted.toISOString().slice(0, 19)}-0${SHOP_OFFSET_HOURS}:00`;
}

export function graphqlId(kind: string, id: bigint): string {
  return `gid://shopify/${kind}/${id}`;
}
