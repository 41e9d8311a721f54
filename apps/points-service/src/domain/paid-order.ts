import { Money } from './money.js';

/** What a paid order means to the ledger. Ids are strings: Shopify's exceed 2^53. */
export interface PaidOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly customerEmail: string | undefined;
  /** In the currency of the shop. */
  readonly total: Money;
  /** ISO 8601. */
  readonly paidAt: string;
}

export type OrderReading =
  | { readonly kind: 'order'; readonly order: PaidOrder }
  /** Nothing is wrong and there is nothing to earn. */
  | { readonly kind: 'ignored'; readonly reason: 'no-customer' }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

export interface FieldProblem {
  /** Path in the payload, such as `total_price_set.shop_money.amount`. */
  readonly field: string;
  readonly message: string;
}

const ID = /^[1-9]\d{0,19}$/;

/**
 * Reads the payload of Shopify's `orders/paid` (Admin REST, resource Order) as it comes out of a
 * lossless JSON parser: ids as strings or safe integers, amounts as decimal strings.
 */
export function readPaidOrder(payload: unknown): OrderReading {
  const order = record(payload);
  if (!order) return invalid('', 'must be an object with the order');
  const problems: FieldProblem[] = [];
  const orderId = id(order['id']);
  if (!orderId) problems.push({ field: 'id', message: 'must be a positive whole number' });
  const { amount, currency, field } = shopTotal(order);
  const total = Money.parse(amount, String(currency));
  if (!total) problems.push({ field, message: `must be a decimal such as '59.95'` });
  else if (total.isNegative) problems.push({ field, message: 'must not be negative' });
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
    problems.push({ field: 'currency', message: 'must be a code of three letters' });
  }
  const customer = record(order['customer']);
  const customerId = id(customer?.['id']);
  if (customer && !customerId) {
    problems.push({ field: 'customer.id', message: 'must be a positive whole number' });
  }
  if (problems.length > 0 || !orderId || !total) return { kind: 'invalid', problems };
  // A guest's or a till's order has no customer; there is no account to earn for.
  if (!customerId) return { kind: 'ignored', reason: 'no-customer' };
  return {
    kind: 'order',
    order: {
      orderId,
      customerId,
      customerEmail: email(order, customer),
      total,
      paidAt: paidAt(order),
    },
  };
}

/** With two currencies the shop's own counts; `total_price` is in the shop's currency too. */
function shopTotal(order: Record<string, unknown>) {
  const shopMoney = record(record(order['total_price_set'])?.['shop_money']);
  if (shopMoney) {
    const { amount, currency_code: currency } = shopMoney;
    return { amount, currency, field: 'total_price_set.shop_money.amount' };
  }
  return { amount: order['total_price'], currency: order['currency'], field: 'total_price' };
}

function email(
  order: Record<string, unknown>,
  customer: Record<string, unknown> | undefined,
): string | undefined {
  const found = customer?.['email'] ?? order['email'];
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function paidAt(order: Record<string, unknown>): string {
  const at = order['processed_at'] ?? order['updated_at'] ?? order['created_at'];
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  return new Date(Number.isNaN(time) ? Date.now() : time).toISOString();
}

function id(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && ID.test(text) ? text : undefined;
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function invalid(field: string, message: string): OrderReading {
  return { kind: 'invalid', problems: [{ field, message }] };
}
