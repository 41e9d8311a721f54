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

/** The objectives of the sample services as users experience them: at the gateway, and in jobs. */
export const OBJECTIVES: readonly ServiceLevelObjective[] = [
  { name: 'webhooks-answered', kind: 'availability', ...webhooks, objective: 0.9995 },
  // A shop gives up after 5 s and sends the webhook again; 500 ms leaves ample room.
  { name: 'webhooks-in-time', kind: 'latency', ...webhooks, within: '500ms', objective: 0.99 },
  { name: 'balances-answered', kind: 'availability', ...balances, objective: 0.9995 },
  // The shop shows the balance on its pages.
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
  // SMS and e-mail providers fail more often than our services.
  {
    name: 'friends-invited',
    kind: 'job-success',
    service: 'referrals-service',
    jobs: ['referrals.invite'],
    objective: 0.99,
  },
];
