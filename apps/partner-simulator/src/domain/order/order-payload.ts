import { createHash } from 'node:crypto';
import { customerPayload, orderAddress } from './customer-payload.js';
import { fulfillmentPayload, shippingLinePayload } from './delivery-payload.js';
import { lineItemPayload, taxLines } from './line-item-payload.js';
import { DISCOUNT_PERCENT } from './order-amounts.js';
import { graphqlId, shopTime, type ShopOrder } from './shop-order.js';

const BROWSER_IP = '216.191.105.146';
const DISCOUNT_CODE = 'WELCOME10';

/**
 * The Order resource of Shopify's REST Admin API with all of its fields, as webhooks send it
 * (https://shopify.dev/docs/api/admin-rest/latest/resources/order).
 */
export function orderPayload(order: ShopOrder): object {
  const { id, number, shopDomain, email, prices, placedAt } = order;
  const at = shopTime(placedAt);
  const token = createHash('md5').update(id.toString()).digest('hex');
  return {
    id,
    admin_graphql_api_id: graphqlId('Order', id),
    app_id: 580111,
    browser_ip: BROWSER_IP,
    buyer_accepts_marketing: true,
    cancel_reason: null,
    cancelled_at: null,
    cart_token: `cart-${token}`,
    checkout_id: id + 1n,
    checkout_token: `checkout-${token}`,
    client_details: {
      accept_language: 'en-CA',
      browser_height: 1080,
      browser_ip: BROWSER_IP,
      browser_width: 1920,
      session_hash: null,
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    },
    closed_at: null,
    company: null,
    confirmation_number: token.slice(0, 9).toUpperCase(),
    confirmed: true,
    contact_email: email,
    created_at: at,
    currency: prices.shopCurrency,
    current_shipping_price_set: prices.set(({ shipping }) => shipping),
    ...prices.both('current_subtotal_price', ({ subtotal }) => subtotal),
    current_total_additional_fees_set: null,
    ...prices.both('current_total_discounts', ({ discount }) => discount),
    current_total_duties_set: null,
    ...prices.both('current_total_price', ({ total }) => total),
    ...prices.both('current_total_tax', ({ tax }) => tax),
    customer_locale: 'en-CA',
    device_id: null,
    discount_codes: [
      {
        code: DISCOUNT_CODE,
        amount: prices.decimal(({ discount }) => discount),
        type: 'percentage',
      },
    ],
    duties_included: false,
    email,
    estimated_taxes: false,
    financial_status: 'paid',
    fulfillment_status: 'partial',
    gateway: 'shopify_payments',
    landing_site: '/collections/all?utm_source=newsletter',
    landing_site_ref: 'newsletter',
    location_id: null,
    merchant_business_entity_id: 'MTU0ODM4MDAwOQ',
    merchant_of_record_app_id: null,
    name: `#${1000 + number}`,
    note: 'Please leave it at the "blue" door.\nThanks!',
    note_attributes: [{ name: 'gift_wrap', value: 'yes' }],
    number,
    order_number: 1000 + number,
    order_status_url: `https://${shopDomain}/548380009/orders/${token}/authenticate?key=abcdefg`,
    original_total_additional_fees_set: null,
    original_total_duties_set: null,
    payment_gateway_names: ['visa', 'gift_card'],
    phone: null,
    po_number: null,
    presentment_currency: prices.presentmentCurrency,
    processed_at: at,
    reference: null,
    referring_site: 'https://www.example.com/',
    source_identifier: null,
    source_name: 'web',
    source_url: null,
    ...prices.both('subtotal_price', ({ subtotal }) => subtotal),
    tags: 'imported, vip',
    tax_exempt: false,
    tax_lines: taxLines(order),
    taxes_included: false,
    test: false,
    token,
    total_cash_rounding_payment_adjustment_set: prices.set(() => 0n),
    total_cash_rounding_refund_adjustment_set: prices.set(() => 0n),
    ...prices.both('total_discounts', ({ discount }) => discount),
    ...prices.both('total_line_items_price', ({ lineItems }) => lineItems),
    total_outstanding: '0.00',
    ...prices.both('total_price', ({ total }) => total),
    total_shipping_price_set: prices.set(({ shipping }) => shipping),
    ...prices.both('total_tax', ({ tax }) => tax),
    total_tip_received: '0.00',
    total_weight: 400,
    updated_at: at,
    user_id: null,
    billing_address: orderAddress(),
    customer: customerPayload(order),
    discount_applications: [
      {
        target_type: 'line_item',
        type: 'discount_code',
        value: `${DISCOUNT_PERCENT}.0`,
        value_type: 'percentage',
        allocation_method: 'across',
        target_selection: 'all',
        code: DISCOUNT_CODE,
      },
    ],
    fulfillments: [fulfillmentPayload(order)],
    line_items: [lineItemPayload(order, 0), lineItemPayload(order, 1)],
    line_item_groups: [],
    payment_terms: null,
    refunds: [],
    returns: [],
    shipping_address: orderAddress(),
    shipping_lines: [shippingLinePayload(order)],
  };
}
