import type { DashboardSource } from '../dashboard-source.ts';
import { calls } from './calls.ts';
import { health } from './health.ts';
import { limits } from './limits.ts';
import { now } from './now.ts';
import { requests } from './requests.ts';
import { saturation } from './saturation.ts';

/** What a service answers, what it calls, and what it runs out of. */
export const service: DashboardSource = {
  uid: 'loyalnest-service',
  title: 'LoyalNest: service',
  description: 'Rate, errors, duration and saturation of services, their health and versions.',
  rows: [now, requests, calls, limits, saturation, health],
};
