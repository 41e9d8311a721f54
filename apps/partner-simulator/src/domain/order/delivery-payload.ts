import { lineItemPayload } from './line-item-payload.js';
import { graphqlId, shopTime, type ShopOrder } from './shop-order.js';

/** How the goods get to the customer. */
export function shippingLinePayload({ id: orderId, prices }: ShopOrder): object {
  return {
    id: orderId + 20n,
    carrier_identifier: null,
    code: 'Standard',
    current_discounted_price_set: prices.set(({ shipping }) => shipping),
    ...prices.both('discounted_price', ({ shipping }) => shipping),
    is_removed: false,
    phone: null,
    ...prices.both('price', ({ shipping }) => shipping),
    requested_fulfillment_service_id: null,
    source: 'shopify',
    title: 'Standard Shipping',
    tax_lines: [],
    discount_allocations: [],
  };
}

/** Fulfillment of the second line, a service that is delivered as soon as the order is paid. */
export function fulfillmentPayload(order: ShopOrder): object {
  const id = order.id + 30n;
  const at = shopTime(order.placedAt);
  return {
    id,
    admin_graphql_api_id: graphqlId('Fulfillment', id),
    created_at: at,
    location_id: 655441491n,
    name: `#${1000 + order.number}.1`,
    order_id: order.id,
    origin_address: {},
    receipt: { testcase: true, authorization: '123456' },
    service: 'manual',
    shipment_status: null,
    status: 'success',
    tracking_company: null,
    tracking_number: null,
    tracking_numbers: [],
    tracking_url: null,
    tracking_urls: [],
    updated_at: at,
    line_items: [lineItemPayload(order, 1)],
  };
}
