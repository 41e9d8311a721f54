// Building blocks for the libs of the suite only. Unstable: any name may change in any release, so our
// packages depend on one exact version of core.

// Options
export { ratio, wholeNumber } from './options/number-options.js';
export type { NumberRange } from './options/number-options.js';
export { requireSingleImport } from './options/single-import.js';
export { warnDeprecatedOption } from './options/deprecated-option.js';

// Production and its secrets
export { isProduction } from './environment/is-production.js';
export { DEVELOPMENT_SECRETS, isDevelopmentSecret } from './secrets/development-secrets.js';
export { EnvironmentSecrets, secretsIn } from './secrets/environment-secrets.js';
export { SECRET_REMEDY, secretWeakness } from './secrets/secret-weakness.js';

// Time
export { MAX_TIMER_MS } from '../duration/duration.js';
export { TimeoutQueue } from './timers/timeout-queue.js';
export type { Expiring } from './timers/timeout-queue.js';

// Async context: what belongs to a call, and what belongs to the process
export { bindToContext } from './async-context/bind-to-context.js';
export { BoundAbortController } from './async-context/bound-abort-controller.js';
export { connectOutsideContext } from './async-context/connect-outside-context.js';
export { runOutsideContext } from './async-context/outside-context.js';
export { scheduleInBackground } from './async-context/background-timer.js';

// Rates: GCRA in memory and in Redis
export { resolveRate } from './rate/resolve-rate.js';
export type { ResolvedRate } from './rate/resolve-rate.js';
export { reserveSlot, returnSlots, takeFromCells } from './rate/gcra.js';
export type { ArrivalTimes, Cell, CellsVerdict, Slot } from './rate/gcra.js';
export { reserveSlotsScript, returnSlotsScript, takeFromCellsScript } from './rate/gcra-scripts.js';

// Event loop
export { EventLoopMonitor, loopUtilization } from './event-loop/event-loop-monitor.js';
export type { LoopDelays, LoopTimes } from './event-loop/event-loop-monitor.js';
export { LoopLag } from './event-loop/loop-lag.js';

// Concurrency
export { AdaptiveLimit } from './adaptive-limit/adaptive-limit.js';
export { resolveAdaptiveLimit } from './adaptive-limit/adaptive-limit.options.js';
export type {
  AdaptiveLimitOptions,
  ResolvedAdaptiveLimit,
} from './adaptive-limit/adaptive-limit.options.js';

// Ports, for the modules that use them
export { DRAIN_PHASES, isDrainable } from '../ports/drain.js';
export { isShutdownListener } from '../ports/shutdown-listener.js';
export { isHealthContributor } from '../ports/health-contributor.js';
export { isMetricSource } from '../ports/metric-source.js';
export {
  ADMIN_ACCESS_REMEDY,
  ADMIN_ROLES,
  includesRole,
  requireAdminAccess,
} from '../ports/admin-access.js';

// Commands of operators
export { AdminGate } from './audit/admin-gate.js';
export type { GatedCommand } from './audit/admin-gate.js';
export { addAuditSink } from './audit/audit-sinks.js';
export type { AuditSink } from './audit/audit-sinks.js';
export type { AuditedCommand, AuditEntry } from './audit/audit-entry.js';
export { audited, noteIntent } from './audit/audited.js';
export { CommandNotAuditedError } from './audit/command-not-audited.error.js';

// Request context and spans
export { isContextCarrier } from '../context/context-carrier.js';
export { runInDeferredContext } from '../context/request-context.js';
export type { ContextSource } from '../context/request-context.js';
export { parseTraceparent } from '../context/traceparent.js';
export type { Traceparent } from '../context/traceparent.js';
export { httpMethodAttributes, httpSpanName, knownHttpMethod } from '../tracing/http-method.js';
export { installTracer, isTracing } from '../tracing/span-tracer.js';
export type { SpanTracer } from '../tracing/span-tracer.js';

// HTTP
export { onHttpEntry } from './http-entry/on-http-entry.js';
export { noteRequestWait, requestWaitMs } from './http-entry/request-wait.js';
export type { HttpEntry, HttpEntryHost, Proceed } from './http-entry/on-http-entry.js';
export { isResponseSent } from './http-exit/is-response-sent.js';
export { isEventStream } from './http-server/event-stream.js';
export { limitServer, SERVER_LIMITS } from './http-server/server-limits.js';
export type { ServerLimits } from './http-server/server-limits.js';
export { httpStatusOf } from './error/http-status.js';
export { parseRetryAfter } from './retry-after/parse-retry-after.js';
export { SideServer } from './side-server/side-server.js';
export type { SideServerOptions } from './side-server/side-server.js';

// Validation
export { findThrowingFields, isThrownByRule } from './validation/throwing-rules.js';

// Outages and Redis
export { failureReason } from './outage/failure-reason.js';
export { OutageReport } from './outage/outage-report.js';
export type { OutageLines, OutageLogger } from './outage/outage-report.js';
export { LuaScript } from './redis/lua-script.js';
export type { ScriptRunner } from './redis/lua-script.js';
export { measureRedis } from './redis/redis-connections.js';
export type { ObservedRedis } from './redis/redis-connections.js';

// Classification of results: whose fault they are, and whether to retry
export { classifyError } from './classification/classify-error.js';
export type { ClassifiedCall } from './classification/classify-error.js';
export { classifyResult } from './classification/classify-result.js';
export { classifyStatus } from './classification/classify-status.js';
export { isOwnTimeout } from './classification/suite-error.js';
export { UNAVAILABLE_STATES } from './classification/sql-state.js';
export { CONNECTION_CODES } from './classification/network-code.js';
export { chainOf } from './classification/error-links.js';
export { fieldOf } from './classification/safe-field.js';
export type { Classification, NeutralReason, Outcome } from './classification/classification.js';

// Redaction
export { SecretNames } from '../redaction/secret-names.js';
export { isAddressPath, secrecyOfPath } from '../redaction/secret-path.js';
export { maskSecrets } from '../redaction/mask-secrets.js';
export { KnownSecrets } from './redaction/known-secrets.js';
export { isCardNumber } from './redaction/card-number.js';
export { REDACTED, redactText } from './redaction/redact-text.js';
