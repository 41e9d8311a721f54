import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HandlerEnhancers } from '../handler/handler-enhancers.js';
import { JobHandlers } from '../handler/job-handlers.js';
import { JobProducer } from '../producer/job-producer.js';
import { JobHarness } from './job-harness.js';
import { RecordedJobs } from './recorded-jobs.js';

/**
 * Stands in for `QueueModule` in a test: `JobProducer` is `RecordedJobs`, and `JobHarness` runs the
 * handlers among the providers. Connects to nothing.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    HandlerEnhancers,
    JobHandlers,
    JobHarness,
    RecordedJobs,
    { provide: JobProducer, useExisting: RecordedJobs },
  ],
  exports: [JobHarness, RecordedJobs, JobProducer],
})
export class QueueTestingModule {}
