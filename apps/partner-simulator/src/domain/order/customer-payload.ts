import { graphqlId, shopTime, type ShopOrder } from './shop-order.js';

const NAME = { first_name: 'Zoë', last_name: 'Müller' };
const PLACE = {
  address1: '123 Billing Street',
  address2: 'Unit B',
  city: 'Ottawa',
  province: 'Ontario',
  country: 'Canada',
  zip: 'K2P0V6',
};
const CODES = { country_code: 'CA', province_code: 'ON' };
const PHONE = '+16135550142';

/** The Customer resource, as nested in an order. */
export function customerPayload(order: ShopOrder): object | null {
  const { customerId: id, email, prices, placedAt } = order;
  if (id === undefined) return null;
  const at = shopTime(placedAt);
  const address = customerAddress(id);
  const consent = { state: 'subscribed', opt_in_level: 'single_opt_in', consent_updated_at: at };
  return {
    id,
    email,
    accepts_marketing: true,
    created_at: at,
    updated_at: at,
    ...NAME,
    orders_count: order.number,
    state: 'enabled',
    total_spent: prices.decimal(({ total }) => total),
    last_order_id: order.id,
    last_order_name: `#${1000 + order.number}`,
    note: null,
    verified_email: true,
    multipass_identifier: null,
    tax_exempt: false,
    tax_exemptions: [],
    phone: PHONE,
    tags: 'loyal, newsletter',
    currency: prices.presentmentCurrency,
    email_marketing_consent: consent,
    sms_marketing_consent: { ...consent, consent_collected_from: 'SHOPIFY' },
    addresses: [address],
    admin_graphql_api_id: graphqlId('Customer', id),
    default_address: address,
  };
}

/** Billing and shipping address. */
export function orderAddress(): object {
  return {
    ...NAME,
    ...PLACE,
    ...CODES,
    phone: PHONE,
    company: null,
    latitude: 45.41634,
    longitude: -75.6868,
    name: `${NAME.first_name} ${NAME.last_name}`,
  };
}

function customerAddress(customerId: bigint): object {
  return {
    id: customerId + 1n,
    customer_id: customerId,
    ...NAME,
    ...PLACE,
    ...CODES,
    company: null,
    phone: PHONE,
    name: `${NAME.first_name} ${NAME.last_name}`,
    country_name: PLACE.country,
    default: true,
  };
}
