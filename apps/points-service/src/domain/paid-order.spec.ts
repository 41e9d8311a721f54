import { parseLosslessJson } from '@loyalnest/http';
import fc from 'fast-check';
import { CalculatePoints } from '../contracts/points.jobs.js';
import { readPaidOrder, type PaidOrder } from './paid-order.js';

const set = (shop: string, presentment: string): object => ({
  shop_money: { amount: shop, currency_code: 'USD' },
  presentment_money: { amount: presentment, currency_code: 'EUR' },
});

/** An order as Shopify documents it, paid in euros at a shop whose currency is the dollar. */
const ORDER = {
  id: 1001,
  admin_graphql_api_id: 'gid://shopify/Order/1001',
  currency: 'USD',
  presentment_currency: 'EUR',
  created_at: '2026-11-20T09:00:00-05:00',
  processed_at: '2026-11-21T12:00:00-05:00',
  updated_at: '2026-11-21T12:00:05-05:00',
  email: 'order@example.com',
  financial_status: 'paid',
  total_price: '199.65',
  total_price_set: set('199.65', '184.12'),
  current_total_price_set: set('199.65', '184.12'),
  total_discounts_set: set('20.00', '18.40'),
  discount_codes: [{ code: 'WELCOME10', amount: '20.00', type: 'percentage' }],
  tax_lines: [{ title: 'State tax', rate: 0.06, price: '11.94', price_set: set('11.94', '11.01') }],
  line_items: [
    {
      id: 7,
      quantity: 2,
      price: '99.85',
      price_set: set('99.85', '92.06'),
      tax_lines: [
        { title: 'State tax', rate: 0.06, price: '11.94', price_set: set('11.94', '11.01') },
        { title: 'City tax', rate: 0.01, price: '1.99', price_set: set('1.99', '1.84') },
      ],
      discount_allocations: [{ amount: '20.00', amount_set: set('20.00', '18.40') }],
    },
  ],
  customer: {
    id: 2002,
    email: 'ada@example.com',
    phone: '+15550100',
    default_address: { id: 3, customer_id: 2002, country_code: 'CA' },
  },
  shipping_address: { first_name: 'Ada', zip: 'K2P0V6' },
  refunds: [],
  payment_gateway_names: ['visa'],
};

const read = (changes: object = {}) => readPaidOrder({ ...ORDER, ...changes });

function accepted(changes: object = {}): PaidOrder {
  const reading = read(changes);
  if (reading.kind === 'order') return reading.order;
  throw new Error(`not accepted: ${JSON.stringify(reading)}`);
}

function problems(payload: unknown): readonly string[] {
  const reading = readPaidOrder(payload);
  return reading.kind === 'invalid' ? reading.problems.map(({ field }) => field) : [];
}

describe('a paid order', () => {
  it('is read with its ids, its time, and its total in the currency of the shop', () => {
    const { total, ...order } = accepted();
    expect(order).toEqual({
      orderId: '1001',
      customerId: '2002',
      customerEmail: 'ada@example.com',
      paidAt: '2026-11-21T17:00:00.000Z',
    });
    expect([total.toString(), total.currency]).toEqual(['199.65', 'USD']);
  });

  it('keeps every digit of ids beyond 2^53 that the lossless parser returns', () => {
    const ids = fc.bigInt({ min: 1n, max: 10n ** 20n - 1n });
    fc.assert(
      fc.property(ids, ids, (orderId, customerId) => {
        const text = JSON.stringify(ORDER).replaceAll(
          /"id":(?:1001|2002)\b/gu,
          (member) => `"id":${member.endsWith('1001') ? orderId : customerId}`,
        );
        const reading = readPaidOrder(parseLosslessJson(text));
        expect(reading).toMatchObject({
          kind: 'order',
          order: { orderId: String(orderId), customerId: String(customerId) },
        });
      }),
    );
  });

  it('is read from older payloads that have no price sets', () => {
    const { total } = accepted({ total_price_set: undefined, total_price: '59.95' });
    expect([total.toString(), total.currency]).toEqual(['59.95', 'USD']);
  });

  it('may have a total of zero', () => {
    expect(accepted({ total_price_set: set('0.00', '0.00') }).total.toString()).toBe('0.00');
  });

  it.each([
    [{ customer: { id: 2 }, email: 'order@example.com' }, 'order@example.com'],
    [{ customer: { id: 2, email: null }, email: 'order@example.com' }, 'order@example.com'],
    [{ customer: { id: 2, email: ' ' }, email: 'order@example.com' }, 'order@example.com'],
    [{ customer: { id: 2 }, email: '' }, undefined],
    [{ customer: { id: 2, email: 5 }, email: {} }, undefined],
  ])('has the e-mail address of the customer, or else of the order: %j', (changes, email) => {
    expect(accepted(changes).customerEmail).toBe(email);
  });

  it.each([
    [{ processed_at: null }, '2026-11-21T17:00:05.000Z'],
    [{ processed_at: 'yesterday' }, '2026-11-21T17:00:05.000Z'],
    [{ processed_at: 5, updated_at: undefined }, '2026-11-20T14:00:00.000Z'],
    [{ processed_at: '+275760-01-01T00:00:00Z' }, '2026-11-21T17:00:05.000Z'],
  ])('takes the first valid time: %j', (changes, paidAt) => {
    expect(accepted(changes).paidAt).toBe(paidAt);
  });

  it('counts as paid now if it has no time', () => {
    const before = Date.now();
    const none = { processed_at: undefined, updated_at: undefined, created_at: undefined };
    const at = Date.parse(accepted(none).paidAt);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });
});

describe('an order without a customer', () => {
  it.each([null, undefined])('(%p) is ignored', (customer) => {
    expect(read({ customer })).toEqual({ kind: 'ignored', reason: 'no-customer' });
  });

  it.each([[], ['2002'], 'ada', 2002, true, 0, ''].map((customer) => [customer]))(
    'is not assumed if the customer is %j',
    (customer) => {
      expect(problems({ ...ORDER, customer })).toEqual(['customer']);
    },
  );

  it('still reports its other problems', () => {
    expect(problems({ ...ORDER, customer: null, id: 0 })).toEqual(['id']);
  });
});

describe('an invalid order', () => {
  // prettier-ignore
  it.each([
    0, -1, 1.5, 1e21, 2 ** 53, Number.NaN,
    '', '0', '-1', '007', '1e3', ' 1', '123456789012345678901', null, undefined, {}, ['1'],
  ])('has %p as its id', (id) => {
    expect(problems({ ...ORDER, id })).toEqual(['id']);
    expect(problems({ ...ORDER, customer: { ...ORDER.customer, id } })).toEqual(['customer.id']);
  });

  it.each(['-0.01', '-5.00', '', '5,00', '1e3', 59.95, null, undefined, {}, '1234567890123456'])(
    'has %p as its total',
    (amount) => {
      const shop_money = { amount, currency_code: 'USD' };
      const total_price_set = { ...ORDER.total_price_set, shop_money };
      expect(problems({ ...ORDER, total_price_set })).toEqual([
        'total_price_set.shop_money.amount',
      ]);
      expect(problems({ ...ORDER, total_price_set: null, total_price: amount })).toEqual([
        'total_price',
      ]);
    },
  );

  it.each<unknown>([undefined, null, '', 'usd', 'USDT', 'US', 840, {}, ['USD'], { toString: 1 }])(
    'has %p as its currency',
    (currency) => {
      const shop_money = { amount: '5.00', currency_code: currency };
      expect(problems({ ...ORDER, total_price_set: { shop_money } })).toEqual([
        'total_price_set.shop_money.currency_code',
      ]);
      expect(problems({ ...ORDER, total_price_set: undefined, currency })).toEqual(['currency']);
    },
  );

  it.each([null, undefined, [], [ORDER], 'order', 5, true])('is %j', (payload) => {
    expect(readPaidOrder(payload)).toEqual({
      kind: 'invalid',
      problems: [{ field: '', message: 'must be an order object' }],
    });
  });

  it('reports all of its problems at once', () => {
    expect(problems({ id: 'x', total_price: '-1', currency: '', customer: {} })).toEqual([
      'id',
      'total_price',
      'currency',
      'customer.id',
    ]);
  });
});

/** A valid value for a field, or any JSON value. */
const field = (right: unknown) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(right) }, fc.jsonValue());
const payloads = fc.record(
  {
    id: field(1001),
    currency: field('USD'),
    total_price: fc.oneof(field('59.95'), fc.stringMatching(/^-?\d{1,20}(\.\d{1,20})?$/)),
    total_price_set: field(ORDER.total_price_set),
    customer: fc.oneof(field(ORDER.customer), fc.record({ id: field(2002), email: field(null) })),
    email: field('ada@example.com'),
    processed_at: fc.oneof(
      field(ORDER.processed_at),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    ),
  },
  { requiredKeys: [] },
);

describe('any payload', () => {
  it('gets a result, never an exception', () => {
    fc.assert(
      fc.property(fc.oneof(payloads, fc.jsonValue()), (payload) => {
        expect(['order', 'ignored', 'invalid']).toContain(readPaidOrder(payload).kind);
      }),
      { numRuns: 1_000 },
    );
  });

  it('makes a valid job if it is accepted', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const reading = readPaidOrder(payload);
        if (reading.kind !== 'order') return;
        const { orderId, customerId, total, paidAt } = reading.order;
        await CalculatePoints.validate({
          merchantId: 'demo.myshopify.com',
          orderId,
          customerId,
          total: total.toString(),
          currency: total.currency,
          paidAt,
        });
      }),
      { numRuns: 500 },
    );
  });
});
