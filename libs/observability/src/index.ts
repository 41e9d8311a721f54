// For your application
export { LoggingModule } from './logging/logging.module.js';
export { MetricsModule } from './metrics/metrics.module.js';
export { MetricsServer } from './metrics/metrics-server.js';
export { LogLevel } from './logging/log-level.js';
export { Logger, PinoLogger } from 'nestjs-pino';
export { PostgresPoolMetrics } from './metrics/connections/postgres-pool-metrics.js';
export { RedisMetrics } from './metrics/connections/redis-metrics.js';
export { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';

// Options
export type { LoggingEndpointOptions, LoggingModuleOptions } from './logging/logging.options.js';
export type { MetricsEndpointOptions, MetricsModuleOptions } from './metrics/metrics.options.js';

export type { ConnectionMetricsOptions } from './metrics/connections/connection-metrics.options.js';

// Tells you whether to import `TracingModule` from the subpath `tracing`
export { isExportConfigured } from './tracing/export-configured.js';

// Extending
export { contextFields } from './logging/context-fields.js';
export { redactText } from '@loyalnest/core/toolkit';
export { Redaction } from './redaction/redaction.js';
