// A module without Redis
export { QueueTestingModule } from './queue-testing.module.js';

// Running handlers
export { JobHarness } from './job-harness.js';
export type { HarnessOutcome, HarnessResult, HarnessRunOptions, StoredJob } from './job-harness.js';
export { FakeClock } from '@loyalnest/core/testing';

// Enqueued jobs
export { RecordedJobs } from './recorded-jobs.js';
export type { RecordedJob } from './recorded-jobs.js';
