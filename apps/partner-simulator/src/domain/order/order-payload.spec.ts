import fc from 'fast-check';
import { toCents, toDecimal } from './decimal.js';
import { exactJson } from './exact-json.js';
import { orderPayload } from './order-payload.js';
import { OrderPrices, type MoneySet } from './order-prices.js';

const ORDER_ID = 820982911946154508n;
const CUSTOMER_ID = 115310627314723954n;

/** Properties of the Order resource in the API reference, version 2026-04. */
const DOCUMENTED = `app_id billing_address browser_ip buyer_accepts_marketing cancel_reason
  cancelled_at cart_token checkout_token client_details closed_at company confirmation_number
  confirmed created_at currency current_subtotal_price current_subtotal_price_set
  current_total_additional_fees_set current_total_discounts current_total_discounts_set
  current_total_duties_set current_total_price current_total_price_set current_total_tax
  current_total_tax_set customer customer_locale discount_applications discount_codes
  duties_included email estimated_taxes financial_status fulfillment_status fulfillments gateway id
  landing_site line_items location_id merchant_business_entity_id merchant_of_record_app_id name
  note note_attributes number order_number order_status_url original_total_additional_fees_set
  original_total_duties_set payment_gateway_names payment_terms phone po_number
  presentment_currency processed_at referring_site refunds shipping_address shipping_lines
  source_identifier source_name source_url subtotal_price subtotal_price_set tags tax_lines
  taxes_included test token total_cash_rounding_payment_adjustment_set
  total_cash_rounding_refund_adjustment_set total_discounts total_discounts_set
  total_line_items_price total_line_items_price_set total_outstanding total_price total_price_set
  total_shipping_price_set total_tax total_tax_set total_tip_received total_weight updated_at
  user_id`.split(/\s+/);

interface Priced {
  readonly price_set: MoneySet;
}

interface Line extends Priced {
  readonly quantity: number;
  readonly tax_lines: readonly Priced[];
  readonly discount_allocations: readonly { readonly amount_set: MoneySet }[];
}

interface Payload {
  readonly total_price: string;
  readonly total_price_set: MoneySet;
  readonly subtotal_price_set: MoneySet;
  readonly total_line_items_price_set: MoneySet;
  readonly total_discounts_set: MoneySet;
  readonly total_tax_set: MoneySet;
  readonly total_shipping_price_set: MoneySet;
  readonly line_items: readonly Line[];
  readonly tax_lines: readonly Priced[];
}

function textOf(total: string): string {
  const order = {
    id: ORDER_ID,
    number: 7,
    shopDomain: 'demo.myshopify.com',
    customerId: CUSTOMER_ID,
    email: 'zoe@example.com',
    prices: new OrderPrices(toCents(total)),
    placedAt: new Date('2026-11-21T12:00:00Z'),
  };
  return exactJson(orderPayload(order));
}

describe('the payload of an order', () => {
  it('has every property that the reference lists', () => {
    expect(Object.keys(JSON.parse(textOf('1.00')) as object)).toEqual(
      expect.arrayContaining(DOCUMENTED),
    );
  });

  it('writes ids beyond 2^53 with every digit, as numbers', () => {
    const text = textOf('199.65');
    expect(text).toMatch(/^\{"id":820982911946154508,/);
    expect(text).toContain('"customer":{"id":115310627314723954,');
    expect(text).toContain('"product_id":788032119674292922,');
  });

  it('changes when it is parsed and serialized again', () => {
    const text = textOf('199.65');
    expect(JSON.stringify(JSON.parse(text))).not.toBe(text);
    expect(text).toContain('gid:\\/\\/shopify\\/Order\\/820982911946154508');
  });

  it('writes times in the time zone of the shop', () => {
    expect(textOf('1.00')).toContain('"processed_at":"2026-11-21T07:00:00-05:00"');
  });

  it('adds up to the cent in both currencies, whatever the total', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -99_999_999_999n, max: 99_999_999_999n }), (total) => {
        const order = JSON.parse(textOf(toDecimal(total))) as Payload;
        expect(toCents(order.total_price)).toBe(total);
        expect(toCents(order.total_price_set.shop_money.amount)).toBe(total);
        for (const money of ['shop_money', 'presentment_money'] as const) {
          const cents = (set: MoneySet): bigint => toCents(set[money].amount);
          const sum = (sets: readonly MoneySet[]): bigint =>
            sets.reduce((all, set) => all + cents(set), 0n);
          const taxes = (of: { tax_lines: readonly Priced[] }): bigint =>
            sum(of.tax_lines.map(({ price_set }) => price_set));
          const lines = order.line_items;
          expect(
            lines.reduce((all, line) => all + cents(line.price_set) * BigInt(line.quantity), 0n),
          ).toBe(cents(order.total_line_items_price_set));
          expect(
            sum(lines.flatMap((line) => line.discount_allocations.map((one) => one.amount_set))),
          ).toBe(cents(order.total_discounts_set));
          expect(cents(order.total_line_items_price_set) - cents(order.total_discounts_set)).toBe(
            cents(order.subtotal_price_set),
          );
          expect(taxes(order)).toBe(cents(order.total_tax_set));
          expect(lines.reduce((all, line) => all + taxes(line), 0n)).toBe(
            cents(order.total_tax_set),
          );
          expect(
            cents(order.subtotal_price_set) +
              cents(order.total_tax_set) +
              cents(order.total_shipping_price_set),
          ).toBe(cents(order.total_price_set));
        }
      }),
    );
  });
});
