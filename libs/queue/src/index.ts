// For your application
export { QueueModule } from './queue.module.js';
export { queue } from './queue-declaration.js';
export { defineJob } from './job/job-definition.js';
export { JobHandler } from './job/job-handler.decorator.js';
export { JobProducer } from './producer/job-producer.js';
export { DeadLetterService } from './dead-letter/dead-letter.service.js';
export type { JobContext } from './job/job-context.js';
export type { EnqueueOptions, EnqueueResult } from './producer/job-producer.js';

// Options
export type { QueueModuleOptions } from './queue.options.js';
export type { QueueDeclaration, QueueDeclarationOptions } from './queue-declaration.js';
export type { JobDefinition, JobOptions } from './job/job-definition.js';
export type { InferPayload, PayloadType, StandardSchema } from './job/payload-validation.js';

// Dead letters
export type { DeadLetter, DeadLetterReason, Redrive } from './dead-letter/dead-letter.js';
export type { DeadLetterPage } from './dead-letter/dead-letter.service.js';

// Errors
export { DeadLetterBusyError } from './dead-letter/dead-letter-busy.error.js';
export { DeadLetterNotFoundError } from './dead-letter/dead-letter-not-found.error.js';
export { InvalidPayloadError } from './job/invalid-payload.error.js';
export { JobTimeoutError } from './worker/job-timeout.error.js';
export { PayloadTooLargeError } from './producer/payload-too-large.error.js';
export { QueueUnavailableError } from './connection/queue-unavailable.error.js';

// Events
export { jobFinished } from './queue.events.js';
export type { JobFinished, JobOutcome } from './queue.events.js';

// Extending
export { QueueConnection } from './connection/queue-connection.js';
export { QueueRegistry } from './queue-registry.js';
export type { RegisteredQueue } from './queue-registry.js';
export { jobIdOf } from './job/job-id.js';
export type { JobEnvelope } from './job/job-envelope.js';
