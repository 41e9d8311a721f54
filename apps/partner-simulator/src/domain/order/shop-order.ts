import type { OrderPrices } from './order-prices.js';

/** What differs from one order of the shop to the next. */
export interface ShopOrder {
  /** Beyond 2^53, as Shopify's are. */
  readonly id: bigint;
  /** Counts up from 1 in each shop. */
  readonly number: number;
  readonly shopDomain: string;
  /** Undefined for a guest or a sale at a till. */
  readonly customerId: bigint | undefined;
  readonly email: string;
  readonly prices: OrderPrices;
  readonly placedAt: Date;
}

const SHOP_OFFSET_HOURS = 5;

/** A time as the shop writes it: in its own zone, without milliseconds. */
export function shopTime(at: Date): string {
  const shifted = new Date(at.getTime() - SHOP_OFFSET_HOURS * 3_600_000);
  return `${shifted.toISOString().slice(0, 19)}-0${SHOP_OFFSET_HOURS}:00`;
}

export function graphqlId(kind: string, id: bigint): string {
  return `gid://shopify/${kind}/${id}`;
}
