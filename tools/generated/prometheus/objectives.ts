import type { ServiceLevelObjective } from '@loyalnest/observability/slo';

const webhooks = {
  service: 'api-gateway',
  routes: ['/v1/webhooks/shopify'],
  methods: ['POST'],
} as const;
const balances = {
  service: 'api-gateway',
  routes: ['/v1/points/accounts/:customerId'],
  methods: ['GET'],
} as const;

/** What the sample services promise, as their users see it: at the gateway, and in jobs. */
export const OBJECTIVES: readonly ServiceLevelObjective[] = [
  { name: 'webhooks-answered', kind: 'availability', ...webhooks, objective: 0.9995 },
  // A shop waits for 5 s and then sends it again; half a second leaves room for that.
  { name: 'webhooks-in-time', kind: 'latency', ...webhooks, within: '500ms', objective: 0.99 },
  { name: 'balances-answered', kind: 'availability', ...balances, objective: 0.9995 },
  // Part of a page of the shop.
  { name: 'balances-in-time', kind: 'latency', ...balances, within: '250ms', objective: 0.99 },
  {
    name: 'points-calculated',
    kind: 'job-success',
    service: 'points-service',
    jobs: ['points.calculate'],
    objective: 0.999,
  },
  {
    name: 'points-begun',
    kind: 'job-start',
    service: 'points-service',
    jobs: ['points.calculate'],
    within: '1m',
    objective: 0.99,
  },
  {
    name: 'orders-noted',
    kind: 'job-success',
    service: 'referrals-service',
    jobs: ['referrals.note-order'],
    objective: 0.999,
  },
  // Providers of SMS and e-mail fail more often than we do.
  {
    name: 'friends-invited',
    kind: 'job-success',
    service: 'referrals-service',
    jobs: ['referrals.invite'],
    objective: 0.99,
  },
];
