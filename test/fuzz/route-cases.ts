import { randomUUID } from 'node:crypto';
import { APPS, SHOP, type AppName } from '../e2e/sample-stack.js';

/** A valid request of one route, which the suite makes hostile. */
export interface RouteCase {
  readonly app: AppName;
  /** As in the router, such as `GET /v1/points/accounts/:customerId`. */
  readonly route: string;
  readonly params?: Readonly<Record<string, string>>;
  /** Names of query fields that the route reads. */
  readonly query?: readonly string[];
  /** Headers that the route reads, with valid values. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A valid body. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** The body is signed like a webhook after it was made hostile. */
  readonly signed?: true;
}

export const ADMIN_TOKEN = 'fuzz-admin-token-0123456789';

const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };
const MERCHANT = { 'x-merchant-id': SHOP };
const WEBHOOK = {
  'x-shopify-topic': 'orders/paid',
  'x-shopify-shop-domain': SHOP,
  'x-shopify-webhook-id': 'fuzz',
  'x-shopify-event-id': 'fuzz',
  'x-shopify-triggered-at': '2026-11-21T12:00:00Z',
  'x-shopify-api-version': '2026-04',
};
const ORDER = {
  id: 820982911,
  currency: 'USD',
  total_price: '199.65',
  processed_at: '2026-11-21T12:00:00Z',
  customer: { id: 115310627, email: 'ada@example.com' },
};
const REFERRAL = {
  advocateId: '115310627314723954',
  friendPhone: '+4915112345678',
  friendEmail: 'grace@example.com',
};
const ACCOUNT = { customerId: '115310627314723954' };
const PAGE = ['limit', 'cursor'];
const FILTER = ['reason', 'group', 'name', 'merchant', 'failedAfter', 'failedBefore'];

/** Routes that every service has. No circuit of a dependency is named: it would be opened. */
const SHARED: readonly Omit<RouteCase, 'app'>[] = [
  { route: 'GET /health/live' },
  { route: 'GET /health/ready' },
  { route: 'GET /health' },
  { route: 'GET /health/:page', params: { page: 'memory' } },
  { route: 'GET /metrics' },
  { route: 'GET /debug/log-level', headers: ADMIN },
  {
    route: 'POST /debug/log-level/:level',
    params: { level: 'debug' },
    query: ['for'],
    headers: ADMIN,
  },
  { route: 'GET /debug/circuits', headers: ADMIN },
  ...['open', 'close', 'reset'].map((command) => ({
    route: `POST /debug/circuits/:name/${command}`,
    params: { name: 'no-such-circuit' },
    query: ['key'],
    headers: ADMIN,
  })),
];

function queueRoutes(queue: string): readonly Omit<RouteCase, 'app'>[] {
  const letter = { queue, id: 'no-such-job' };
  const task = { queue, taskId: randomUUID() };
  const admin = { headers: ADMIN };
  return [
    { route: 'GET /admin/queues', ...admin },
    { route: 'GET /admin/queues/:queue', params: { queue }, ...admin },
    { route: 'POST /admin/queues/:queue/pause', params: { queue }, ...admin },
    { route: 'POST /admin/queues/:queue/resume', params: { queue }, ...admin },
    { route: 'GET /admin/audit', query: PAGE, ...admin },
    {
      route: 'GET /admin/dead-letters/:queue',
      params: { queue },
      query: [...PAGE, ...FILTER],
      ...admin,
    },
    { route: 'GET /admin/dead-letters/:queue/groups', params: { queue }, ...admin },
    { route: 'GET /admin/dead-letters/:queue/discarded', params: { queue }, query: PAGE, ...admin },
    { route: 'GET /admin/dead-letters/:queue/:id', params: letter, query: ['payload'], ...admin },
    { route: 'POST /admin/dead-letters/:queue/:id/redrive', params: letter, ...admin },
    { route: 'POST /admin/dead-letters/:queue/:id/restore', params: letter, ...admin },
    {
      route: 'POST /admin/dead-letters/:queue/:id/edit',
      params: letter,
      body: { payload: { orderId: '1' }, revision: 'r1' },
      ...admin,
    },
    {
      route: 'POST /admin/dead-letters/:queue/:id/discard',
      params: letter,
      body: { reason: 'fuzz' },
      ...admin,
    },
    {
      route: 'POST /admin/dead-letters/:queue/redrives',
      params: { queue },
      body: { filter: { merchant: 'fuzz', failedAfter: '2026-11-21' }, dryRun: true, rate: 1 },
      ...admin,
    },
    { route: 'GET /admin/dead-letters/:queue/redrives', params: { queue }, ...admin },
    { route: 'GET /admin/dead-letters/:queue/redrives/:taskId', params: task, ...admin },
    { route: 'POST /admin/dead-letters/:queue/redrives/:taskId/cancel', params: task, ...admin },
  ];
}

const OWN: Readonly<Record<AppName, readonly Omit<RouteCase, 'app'>[]>> = {
  'api-gateway': [
    { route: 'POST /v1/webhooks/shopify', headers: WEBHOOK, body: ORDER, signed: true },
    { route: 'GET /v1/points/accounts/:customerId', params: ACCOUNT, headers: MERCHANT },
    { route: 'POST /v1/referrals', headers: MERCHANT, body: REFERRAL },
    { route: 'GET /v1/referrals/:id', params: { id: randomUUID() }, headers: MERCHANT },
  ],
  'points-service': [
    { route: 'POST /v1/webhooks/shopify', headers: WEBHOOK, body: ORDER, signed: true },
    { route: 'GET /v1/accounts/:customerId', params: ACCOUNT, headers: MERCHANT },
    ...queueRoutes('points'),
  ],
  'referrals-service': [
    { route: 'POST /v1/referrals', headers: MERCHANT, body: REFERRAL },
    { route: 'GET /v1/referrals/:id', params: { id: randomUUID() }, headers: MERCHANT },
    ...queueRoutes('referrals'),
  ],
  'partner-simulator': [
    { route: 'POST /shop/orders', body: { customerId: '115310627', total: '5.00', copies: 1 } },
    { route: 'POST /sms/messages', body: { to: '+15550100', body: 'Hello' } },
    {
      route: 'POST /email/messages',
      headers: { 'idempotency-key': 'fuzz' },
      body: { to: 'ada@example.com', subject: 'Hello', body: 'Hello' },
    },
    { route: 'GET /messages' },
    { route: 'DELETE /messages' },
    { route: 'GET /faults' },
    // Without an effect: the other providers' routes must not fail.
    { route: 'PUT /faults', body: { sms: { errorRatio: 0, hang: false }, seed: 1 } },
    { route: 'DELETE /faults' },
  ],
};

/** One case for each public route of the stack. The suite fails for a route without one. */
export const ROUTE_CASES: readonly RouteCase[] = APPS.flatMap((app) =>
  [...OWN[app], ...SHARED].map((one) => ({ app, ...one })),
);
