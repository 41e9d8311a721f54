// For your application
export { QueueModule } from './queue.module.js';
export { queue } from './queue-declaration.js';
export { defineJob } from './job/job-definition.js';
export { JobHandler } from './handler/job-handler.decorator.js';
export { JobProducer } from './producer/job-producer.js';
export { DeadLetterService } from './dead-letter/dead-letter.service.js';
export { RedriveTasks } from './redrive-tasks/redrive-tasks.js';
export type { JobContext } from './job/job-context.js';
export { JobSchedules } from './schedule/job-schedules.js';
export type {
  EnqueueItem,
  EnqueueManyResult,
  EnqueueOptions,
  EnqueueResult,
} from './producer/enqueue-options.js';
export type { CancelOutcome } from './producer/cancel-script.js';
export type { JobSchedule, JobScheduleOptions } from './schedule/job-schedule.js';

// Options
export type { QueueModuleOptions } from './queue.options.js';
export type {
  MoreRedisOptions,
  NatMap,
  RedisClusterOptions,
  RedisConnectionOptions,
  RedisSentinelOptions,
} from './connection/connection.options.js';
export type { QueueDeclaration, QueueDeclarationOptions } from './queue-declaration.js';
export type { JobDefinition, JobOptions } from './job/job-definition.js';
export type { PayloadUpcaster, PayloadUpcasters } from './job/payload-upcasters.js';
export type { ThrottlingOptions } from './throttling/throttling.options.js';
export type { ThrottlePlan } from './throttling/throttle-plan.js';
export type { InferPayload, PayloadType, StandardSchema } from './job/payload-validation.js';

// Dead letters
export { DEAD_LETTER_REASONS } from './dead-letter/dead-letter.js';
export type {
  DeadLetter,
  DeadLetterDetails,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterReason,
  Discard,
} from './dead-letter/dead-letter.js';
export type { DeadLetterEdit } from './dead-letter/edit/dead-letter-editor.js';
export type { DeadLetterGroup } from './dead-letter/index/dead-letter-group.js';
export type { HistoryEntry } from './dead-letter/dead-letter-history.js';
export type {
  DeadLetterOptions,
  RetentionLimits,
} from './dead-letter/retention/dead-letter-retention.js';
export type { PageRequest } from './dead-letter/dead-letters.js';
export type { RedriveRequest } from './redrive-tasks/redrive-request.js';
export type { RedriveState, RedriveTask } from './redrive-tasks/redrive-task.js';

// Errors
export { DeadLetterBusyError } from './dead-letter/dead-letter-busy.error.js';
export { DeadLetterChangedError } from './dead-letter/edit/dead-letter-changed.error.js';
export { DeadLetterNotFoundError } from './dead-letter/dead-letter-not-found.error.js';
export { InvalidPayloadError } from './job/invalid-payload.error.js';
export { JobLockLostError } from './worker/job-lock-lost.error.js';
export { JobThrottledError } from './throttling/job-throttled.error.js';
export { JobTimeoutError } from './worker/job-timeout.error.js';
export { PayloadTooLargeError } from './job/payload-too-large.error.js';
export { RedriveTaskActiveError } from './redrive-tasks/redrive-task-active.error.js';
export { RedriveTaskNotFoundError } from './redrive-tasks/redrive-task-not-found.error.js';
export { QueueUnavailableError } from './connection/queue-unavailable.error.js';

// Events
export {
  jobCancelled,
  jobDeduplicated,
  jobEnqueued,
  jobFinished,
  jobPostponed,
  jobRetried,
  jobStalled,
  jobStarted,
  jobThrottled,
} from './queue.events.js';
export type {
  JobCancelled,
  JobDeduplicated,
  JobEnqueued,
  JobFinished,
  JobOutcome,
  JobPostponed,
  JobRetried,
  JobStalled,
  JobStarted,
  JobThrottled,
} from './queue.events.js';
export {
  deadLetterDiscarded,
  deadLetterEdited,
  deadLettered,
  deadLetterRedriven,
  deadLetterRestored,
  deadLettersPruned,
  indexMended,
} from './dead-letter/dead-letter.events.js';
export type {
  DeadLetterCommand,
  DeadLettered,
  DeadLettersPruned,
  IndexMended,
} from './dead-letter/dead-letter.events.js';
export { redriveTaskChanged } from './redrive-tasks/redrive.events.js';

// Without Nest, for command lines that need only Redis
export { DeadLetters } from './dead-letter/dead-letters.js';
export type { DeadLettersOptions, OpenOptions } from './dead-letter/dead-letters.js';
export { RedriveEngine } from './redrive-tasks/redrive-engine.js';
export type { RunEnd } from './redrive-tasks/redrive-engine.js';

// Extending
export { QueueConnection } from './connection/queue-connection.js';
export { QueueRegistry } from './queue-registry.js';
export type { RegisteredQueue } from './queue-registry.js';
export { jobIdOf } from './job/job-id.js';
export type { JobEnvelope } from './job/job-envelope.js';
