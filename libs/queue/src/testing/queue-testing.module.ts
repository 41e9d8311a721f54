import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { HandlerEnhancers } from '../handler/handler-enhancers.js';
import { JobHandlers } from '../handler/job-handlers.js';
import { JobProducer } from '../producer/job-producer.js';
import { JobHarness } from './job-harness.js';
import { RecordedJobs } from './recorded-jobs.js';

/**
 * Replaces `QueueModule` in a test and connects to nothing. `RecordedJobs` replaces `JobProducer`, and
 * `JobHarness` runs the handlers of the application.
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
