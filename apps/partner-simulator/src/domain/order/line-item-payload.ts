import { CITY_TAX_PERCENT, STATE_TAX_PERCENT, type LineAmounts } from './order-amounts.js';
import type { AmountOf } from './order-prices.js';
import { graphqlId, type ShopOrder } from './shop-order.js';

const PRODUCTS = [
  {
    title: 'Espresso cups',
    variant: 'Blue / 60 ml',
    sku: 'CUP-60-BLU',
    grams: 200,
    physical: true,
  },
  { title: 'Tasting course', variant: null, sku: 'COURSE-1', grams: 0, physical: false },
] as const;

export type LineIndex = 0 | 1;

/** A line of the order. The second one is a service, fulfilled as soon as the order is paid. */
export function lineItemPayload(order: ShopOrder, index: LineIndex): object {
  const { id: orderId, prices } = order;
  const { title, variant, sku, grams, physical } = PRODUCTS[index];
  const id = orderId + 10n + BigInt(index);
  const quantity = index === 0 ? 2 : 1;
  const of =
    (pick: (line: LineAmounts) => bigint): AmountOf =>
    ({ lines }) =>
      pick(lines[index]);
  return {
    id,
    admin_graphql_api_id: graphqlId('LineItem', id),
    attributed_staffs: [],
    current_quantity: quantity,
    fulfillable_quantity: physical ? quantity : 0,
    fulfillment_service: 'manual',
    fulfillment_status: physical ? null : 'fulfilled',
    gift_card: false,
    grams,
    name: variant === null ? title : `${title} - ${variant}`,
    ...prices.both(
      'price',
      of(({ price }) => price),
    ),
    product_exists: true,
    product_id: 788032119674292922n + BigInt(index),
    properties: physical ? [{ name: 'engraving', value: 'Zoë & Jürgen' }] : [],
    quantity,
    requires_shipping: physical,
    sales_line_item_group_id: null,
    sku,
    taxable: true,
    title,
    // The discount applies to the whole order, so it is in the allocations, not here.
    ...prices.both('total_discount', () => 0n),
    variant_id: 49148385n + BigInt(index),
    variant_inventory_management: physical ? 'shopify' : null,
    variant_title: variant,
    vendor: 'Loyal Roasters',
    tax_lines: taxLines(
      order,
      of(({ stateTax }) => stateTax),
      of(({ cityTax }) => cityTax),
    ),
    duties: [],
    discount_allocations: [
      {
        ...prices.both(
          'amount',
          of(({ discount }) => discount),
        ),
        discount_application_index: 0,
      },
    ],
  };
}

/** Taxes of a line or, by default, of the whole order. */
export function taxLines(
  { prices }: ShopOrder,
  stateTax: AmountOf = (order) => order.stateTax,
  cityTax: AmountOf = (order) => order.cityTax,
): readonly object[] {
  const line = (title: string, percent: bigint, amountOf: AmountOf): object => ({
    channel_liable: false,
    ...prices.both('price', amountOf),
    rate: Number(percent) / 100,
    title,
  });
  return [
    line('State Tax', STATE_TAX_PERCENT, stateTax),
    line('City Tax', CITY_TAX_PERCENT, cityTax),
  ];
}
