import type { DashboardSource } from '../dashboard-source.ts';
import { deadLetters } from './dead-letters.ts';
import { now } from './now.ts';
import { outbox } from './outbox.ts';
import { queues } from './queues.ts';
import { runs } from './runs.ts';

/** What happens to jobs and events, and which of them wait for an operator. */
export const jobs: DashboardSource = {
  uid: 'loyalnest-jobs',
  title: 'LoyalNest: jobs',
  description:
    'Jobs, queues, dead letters, outbox and inbox. The state of a queue counts once, even if several instances report it.',
  rows: [now, runs, queues, deadLetters, outbox],
};
