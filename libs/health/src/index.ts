// For your application
export { HealthModule } from './health.module.js';
export { HealthSampler } from './health-sampler.js';
export { HealthStartup } from './startup/health-startup.js';
export { HealthIndicator } from './checks/health-indicator.decorator.js';

// Ready-made checks: make one a provider
export { PostgresCheck } from './indicators/postgres-check.js';
export { RedisCheck } from './indicators/redis-check.js';
export { QueueCheck } from './indicators/queue-check.js';
export { HttpCheck } from './indicators/http-check.js';
export { CircuitBreakersCheck } from './indicators/circuit-breakers-check.js';
export { DiskCheck } from './indicators/disk-check.js';
export type { IndicatorOptions } from './indicators/indicator.options.js';
export type { PostgresPool } from './indicators/postgres-check.js';
export type { RedisClient } from './indicators/redis-check.js';
export type { CheckedQueue, CheckedWorker, QueueCheckOptions } from './indicators/queue-check.js';
export type { HttpCheckOptions } from './indicators/http-check.js';
export type { CheckedBreaker } from './indicators/circuit-breakers-check.js';
export type { DiskCheckOptions } from './indicators/disk-check.js';
export type { EventLoopCheckOptions } from './indicators/event-loop-check.js';

// Options and answers
export type { HealthModuleOptions, ServiceInfo } from './health.options.js';
export type { HealthCheckOptions } from './checks/check-options.js';
export type { HealthCheckDeclaration } from './checks/health-source.js';
export type { HealthIndicatorResult } from './checks/health-indicator.decorator.js';
export type { GroupOptions } from './groups/group-options.js';
export type { MemoryCheckOptions } from './indicators/memory.options.js';
export type { StartupCondition } from './startup/health-startup.js';
export type { HealthReport, ServiceStatus } from './health-report.js';
export type { ModuleHealth } from './groups/module-report.js';
export type { HealthJson } from './http/health-json.js';
export type { PlainHealthProvider } from './checks/plain-health-status.js';

// Events
export { healthChanged, readinessChanged } from './health.events.js';
export type { HealthChanged, ReadinessChanged } from './health.events.js';
