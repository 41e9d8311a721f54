// For your app: time
export { durationMs } from './duration/duration.js';
export type { Duration, DurationRange } from './duration/duration.js';
export { Clock } from './clock/clock.js';
export type { CancelTimer, SleepOptions, Timer } from './clock/clock.js';
export { SystemClock } from './clock/system-clock.js';
export type { Rate } from './rate/rate.js';
export { createBackoff } from './backoff/backoff.js';
export type { Backoff, BackoffOptions, Jitter } from './backoff/backoff.js';

// Errors
export { DeadlineExceededError } from './error/deadline-exceeded.error.js';
export { isLoyalNestError, LoyalNestError } from './error/loyalnest.error.js';
export type { ErrorCategory, LoyalNestErrorOptions } from './error/loyalnest.error.js';
export { OptionError } from './options/option.error.js';

// Request context
export {
  CORRELATION_ID,
  currentContext,
  newCorrelationId,
  runInChildContext,
  runInContext,
} from './context/request-context.js';
export type { RequestContext } from './context/request-context.js';
export { decodeContextId, encodeContextId, isContextId } from './context/context-id.js';
export { ContextIdError } from './context/context-id.error.js';
export type { ContextIdField } from './context/context-id.error.js';
export { Deadline } from './context/deadline.js';
export type { DeadlineSource } from './context/deadline.js';
export {
  CONTEXT_HEADERS,
  readContextHeaders,
  writeContextHeaders,
} from './context/context-headers.js';
export { toCarrier } from './context/context-carrier.js';
export type { ContextCarrier } from './context/context-carrier.js';

// Ports: how modules meet without importing each other
export { DRAIN } from './ports/drain.js';
export type { Drainable, DrainPhase, DrainStep } from './ports/drain.js';
export { ON_SHUTDOWN } from './ports/shutdown-listener.js';
export type { ShutdownListener, ShutdownStage } from './ports/shutdown-listener.js';
export { CHECK_HEALTH } from './ports/health-contributor.js';
export type {
  HealthContributor,
  HealthObservation,
  HealthStatus,
} from './ports/health-contributor.js';
export { OBSERVE_METRICS } from './ports/metric-source.js';
export type { Measurement, MetricSource } from './ports/metric-source.js';
export { SKIP_THROTTLE } from './ports/skip-throttle.js';
export { REQUEST_PRIORITY } from './ports/request-priority.js';
export type { RequestPriority } from './ports/request-priority.js';
export { JobPublisher } from './ports/job-publisher.js';
export type {
  JobDescriptor,
  JobFate,
  JobName,
  PublishableJob,
  PublishResult,
} from './ports/job-publisher.js';
export { AdminAccess, AdminAccessError } from './ports/admin-access.js';
export type { Administrator, AdminRequest, AdminRole } from './ports/admin-access.js';

// Spans and events of a lib of your own
export { traced } from './tracing/span-tracer.js';
export type { OpenSpan, SpanAttributes, SpanDescription, SpanKind } from './tracing/span-tracer.js';
export { diagnostics } from './diagnostics/diagnostics.js';
export type { Diagnostics, DiagnosticsName } from './diagnostics/diagnostics.js';
