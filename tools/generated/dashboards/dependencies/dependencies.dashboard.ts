import type { DashboardSource } from '../dashboard-source.ts';
import { circuits } from './circuits.ts';
import { fallbacks } from './fallbacks.ts';
import { now } from './now.ts';
import { repeats } from './repeats.ts';

/** What the policies do about failing, slow or overloaded dependencies. */
export const dependencies: DashboardSource = {
  uid: 'loyalnest-dependencies',
  title: 'LoyalNest: dependencies',
  description: 'Circuit breakers, retries, bulkheads and fallbacks, by policy.',
  rows: [now, circuits, repeats, fallbacks],
};
