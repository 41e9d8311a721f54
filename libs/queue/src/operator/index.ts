// For tools that operators run: these need a Redis connection, no Nest and no running service.

// A connection that fails fast
export { createProducer } from '../connection/redis-client.js';
export { resolveTarget } from '../connection/redis-target.js';
export type { RedisTarget } from '../connection/redis-target.js';
export type {
  MoreRedisOptions,
  NatMap,
  RedisClusterOptions,
  RedisConnectionOptions,
  RedisSentinelOptions,
} from '../connection/connection.options.js';

// Queues
export { listQueues, queueExists } from '../inspection/queue-catalog.js';
export { readQueueOverview } from '../monitoring/queue-overview.js';
export type {
  DeadLettersOfReason,
  JobCounts,
  QueueOverview,
} from '../monitoring/queue-overview.js';

// Dead letters
export { DeadLetters } from '../dead-letter/dead-letters.js';
export type { DeadLettersOptions, OpenOptions, PageRequest } from '../dead-letter/dead-letters.js';
export { DEAD_LETTER_REASONS } from '../dead-letter/dead-letter.js';
export type {
  DeadLetter,
  DeadLetterDetails,
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterReason,
  Discard,
} from '../dead-letter/dead-letter.js';
export type { DeadLetterGroup } from '../dead-letter/index/dead-letter-group.js';
export type { HistoryEntry } from '../dead-letter/dead-letter-history.js';
export type { IndexCoverage } from '../dead-letter/index/dead-letter-reconciler.js';
export { maskDeadLetter } from '../admin/payload-mask.js';

// Redrive tasks
export { RedriveEngine } from '../redrive-tasks/redrive-engine.js';
export type { RunEnd } from '../redrive-tasks/redrive-engine.js';
export { resolveRedrive } from '../redrive-tasks/redrive-request.js';
export type { RedriveRequest } from '../redrive-tasks/redrive-request.js';
export { ENDED_STATES } from '../redrive-tasks/redrive-task.js';
export type { RedriveState, RedriveTask } from '../redrive-tasks/redrive-task.js';
export { redriveTaskChanged } from '../redrive-tasks/redrive.events.js';

// Audited commands, the same as over HTTP
export { AdminCommands, requireFilter } from '../admin/admin-commands.js';
export type { BulkRedrive, QueueAdmin } from '../admin/admin-commands.js';
export { AuditTrail } from '../admin/audit-trail.js';
export type { AuditTrailOptions } from '../admin/audit-trail.js';
export type {
  Actor,
  AdminCommand,
  AuditIntent,
  AuditOutcome,
  AuditPage,
  AuditRecord,
  AuditResult,
} from '../admin/audit-record.js';

// Diagnosis
export { mastersOf } from '../redis/scan-keys.js';
export { queuesWithWorkers } from '../inspection/connected-workers.js';
export { keptCompletedMs } from '../inspection/kept-completed.js';
export { findOrphans } from '../inspection/orphaned-jobs.js';
export type { Orphans } from '../inspection/orphaned-jobs.js';
export { queuesWithoutSettings } from '../inspection/queues-without-settings.js';

// Errors
export { isRedisOutage } from '../admin/redis-outage.js';
export { AuditUnwritableError } from '../admin/audit-unwritable.error.js';
export { QueueNotFoundError } from '../admin/queue-not-found.error.js';
export { RedriveTaskActiveError } from '../redrive-tasks/redrive-task-active.error.js';
