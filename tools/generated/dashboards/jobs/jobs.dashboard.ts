import type { DashboardSource } from '../dashboard-source.ts';
import { deadLetters } from './dead-letters.ts';
import { now } from './now.ts';
import { outbox } from './outbox.ts';
import { queues } from './queues.ts';
import { runs } from './runs.ts';

/** What becomes of jobs and events, and which of them wait for people. */
export const jobs: DashboardSource = {
  uid: 'loyalnest-jobs',
  title: 'LoyalNest: jobs',
  description:
    'Jobs, queues, dead letters, outbox and inbox. States of a queue are counted once, however many instances tell them.',
  rows: [now, runs, queues, deadLetters, outbox],
};
