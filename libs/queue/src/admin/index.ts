// For your application
export { QueueAdminModule } from './queue-admin.module.js';

// Answers
export type {
  DeadLettersOfReason,
  JobCounts,
  QueueOverview,
} from '../monitoring/queue-overview.js';
export type {
  Actor,
  AdminCommand,
  AuditIntent,
  AuditOutcome,
  AuditPage,
  AuditRecord,
  AuditResult,
} from './audit-record.js';

// Errors
export { AdminInputError } from './admin-input.error.js';
export type { InputProblem } from './admin-input.error.js';
export { AuditUnwritableError } from './audit-unwritable.error.js';
export { QueueNotFoundError } from './queue-not-found.error.js';

// Events
export { adminCommanded } from './admin.events.js';

// Without Nest
export { AdminCommands } from './admin-commands.js';
export type { BulkRedrive, QueueAdmin } from './admin-commands.js';
export { AuditTrail } from './audit-trail.js';
export type { AuditTrailOptions } from './audit-trail.js';
