import { isoTime } from './iso-time.js';
import { Money } from './money.js';

/**
 * The part of a paid order that the ledger needs. Ids are strings, because Shopify's exceed 2^53.
 */
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
  /** Valid, but earns nothing. */
  | { readonly kind: 'ignored'; readonly reason: 'no-customer' }
  | { readonly kind: 'invalid'; readonly problems: readonly FieldProblem[] };

export interface FieldProblem {
  /** Path in the payload, such as `total_price_set.shop_money.amount`. */
  readonly field: string;
  readonly message: string;
}

const ID = /^[1-9]\d{0,19}$/;
const CURRENCY = /^[A-Z]{3}$/;

/**
 * Reads Shopify's `orders/paid` payload (Admin REST, Order resource) as parsed by a lossless JSON
 * parser: ids are strings or safe integers, amounts are decimal strings. Never throws.
 */
export function readPaidOrder(payload: unknown): OrderReading {
  const order = record(payload);
  if (!order) return invalid('', 'must be an order object');
  const problems: FieldProblem[] = [];
  const orderId = id(order['id']);
  if (!orderId) problems.push({ field: 'id', message: 'must be a positive whole number' });
  const total = readTotal(order, problems);
  const customer = record(order['customer']);
  const customerId = id(customer?.['id']);
  if (customer && !customerId) {
    problems.push({ field: 'customer.id', message: 'must be a positive whole number' });
  }
  if (!customer && order['customer'] !== undefined && order['customer'] !== null) {
    problems.push({ field: 'customer', message: 'must be an object, or null for a guest' });
  }
  if (problems.length > 0 || !orderId || !total) return { kind: 'invalid', problems };
  // Guest and point-of-sale orders have no customer, so there is no account to credit.
  if (!customerId) return { kind: 'ignored', reason: 'no-customer' };
  return {
    kind: 'order',
    order: {
      orderId,
      customerId,
      customerEmail: [customer?.['email'], order['email']].find(isText),
      total,
      paidAt: paidAt(order),
    },
  };
}

function readTotal(order: Record<string, unknown>, problems: FieldProblem[]): Money | undefined {
  const { amount, currency, amountField, currencyField } = shopTotal(order);
  const code = typeof currency === 'string' && CURRENCY.test(currency) ? currency : undefined;
  const total = Money.parse(amount, code ?? '');
  if (!total) problems.push({ field: amountField, message: `must be a decimal such as '59.95'` });
  else if (total.isNegative) {
    problems.push({ field: amountField, message: 'must not be negative' });
  }
  if (!code) problems.push({ field: currencyField, message: 'must be a three-letter code' });
  return total;
}

/** If there are two currencies, the shop's own counts. `total_price` is in that currency too. */
function shopTotal(order: Record<string, unknown>) {
  const path = 'total_price_set.shop_money';
  const shopMoney = record(record(order['total_price_set'])?.['shop_money']);
  return shopMoney
    ? {
        amount: shopMoney['amount'],
        currency: shopMoney['currency_code'],
        amountField: `${path}.amount`,
        currencyField: `${path}.currency_code`,
      }
    : {
        amount: order['total_price'],
        currency: order['currency'],
        amountField: 'total_price',
        currencyField: 'currency',
      };
}

/** When the order was paid: the first valid time in the payload, or now if it has none. */
function paidAt(order: Record<string, unknown>): string {
  const stated = [order['processed_at'], order['updated_at'], order['created_at']].map(isoTime);
  return stated.find(isText) ?? new Date().toISOString();
}

function id(value: unknown): string | undefined {
  const text = Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && ID.test(text) ? text : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function invalid(field: string, message: string): OrderReading {
  return { kind: 'invalid', problems: [{ field, message }] };
}
