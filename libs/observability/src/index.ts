// For your application
export { LoggingModule } from './logging/logging.module.js';
export { MetricsModule } from './metrics/metrics.module.js';
export { Logger, PinoLogger } from 'nestjs-pino';
export { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';

// Options
export type { LoggingModuleOptions } from './logging/logging.options.js';
export type { MetricsEndpointOptions, MetricsModuleOptions } from './metrics/metrics.options.js';

// Extending
export { contextFields } from './logging/pino-options.js';
export { redactPaths } from './logging/redaction.js';
