// Time
export { durationMs, MAX_TIMER_MS } from './duration/duration.js';
export type { Duration, DurationRange } from './duration/duration.js';
export { Clock } from './clock/clock.js';
export type { CancelTimer, SleepOptions, Timer } from './clock/clock.js';
export { SystemClock } from './clock/system-clock.js';
export { TimeoutQueue } from './clock/timeout-queue.js';
export type { Expiring } from './clock/timeout-queue.js';
export { createBackoff } from './backoff/backoff.js';
export type { Backoff, BackoffOptions, Jitter } from './backoff/backoff.js';

// Options
export { OptionError } from './options/option.error.js';
export { ratio, wholeNumber } from './options/number-options.js';
export { requireSingleImport } from './options/single-import.js';
export type { NumberRange } from './options/number-options.js';

// Errors
export { httpStatusOf } from './error/http-status.js';
export { isLoyalNestError, LoyalNestError } from './error/loyalnest.error.js';
export type { ErrorCategory, LoyalNestErrorOptions } from './error/loyalnest.error.js';

// Request context
export {
  CORRELATION_ID,
  currentContext,
  newCorrelationId,
  runInChildContext,
  runInContext,
  runInDeferredContext,
} from './context/request-context.js';
export type { ContextSource, RequestContext } from './context/request-context.js';
export { Deadline } from './context/deadline.js';
export {
  CORRELATION_HEADER,
  MERCHANT_HEADER,
  readContextHeaders,
  REQUEST_ID_HEADER,
  TIMEOUT_HEADER,
  TRACEPARENT_HEADER,
  TRACESTATE_HEADER,
  USER_HEADER,
  writeContextHeaders,
} from './context/context-headers.js';
export { parseTraceparent } from './context/traceparent.js';
export type { Traceparent } from './context/traceparent.js';
export { toCarrier } from './context/context-carrier.js';
export type { ContextCarrier } from './context/context-carrier.js';

// Ports: how modules meet without importing each other
export { DRAIN, DRAIN_PHASES, isDrainable } from './ports/drain.js';
export type { Drainable, DrainPhase, DrainStep } from './ports/drain.js';
export { CHECK_HEALTH, isHealthContributor } from './ports/health-contributor.js';
export type {
  HealthContributor,
  HealthObservation,
  HealthStatus,
} from './ports/health-contributor.js';
export { isMetricSource, OBSERVE_METRICS } from './ports/metric-source.js';
export type { Measurement, MetricSource } from './ports/metric-source.js';
export { isShutdownListener, ON_SHUTDOWN } from './ports/shutdown-listener.js';
export type { ShutdownListener, ShutdownStage } from './ports/shutdown-listener.js';
export { SKIP_THROTTLE } from './ports/skip-throttle.js';
export { JobPublisher } from './ports/job-publisher.js';
export type {
  JobDescriptor,
  JobFate,
  JobName,
  PublishableJob,
  PublishResult,
} from './ports/job-publisher.js';

export {
  ADMIN_ACCESS_REMEDY,
  ADMIN_ROLES,
  AdminAccess,
  AdminAccessError,
  includesRole,
  requireAdminAccess,
} from './ports/admin-access.js';
export type { Administrator, AdminRequest, AdminRole } from './ports/admin-access.js';

// Requests
export { onHttpEntry } from './http-entry/on-http-entry.js';
export type { HttpEntry, HttpEntryHost, Proceed } from './http-entry/on-http-entry.js';

// Servers beside that of the application
export { SideServer } from './side-server/side-server.js';
export type { SideServerOptions } from './side-server/side-server.js';

// Redis
export { LuaScript } from './redis/lua-script.js';
export { measureRedis, type ObservedRedis } from './redis/redis-connections.js';
export type { ScriptRunner } from './redis/lua-script.js';

// Spans
export { installTracer, isTracing, traced } from './tracing/span-tracer.js';
export type {
  OpenSpan,
  SpanAttributes,
  SpanDescription,
  SpanKind,
  SpanTracer,
} from './tracing/span-tracer.js';

// Redaction
export { isCardNumber } from './redaction/card-number.js';
export { REDACTED, redactText } from './redaction/redact-text.js';

// Events
export { diagnostics } from './diagnostics/diagnostics.js';
export type { Diagnostics, DiagnosticsName } from './diagnostics/diagnostics.js';
