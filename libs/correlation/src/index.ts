// For your application
export { CorrelationModule } from './correlation.module.js';
export { CorrelationId } from './correlation-id.decorator.js';
export { MerchantId } from './merchant-id.decorator.js';
export { RequestContextService } from './request-context.service.js';
export { runWithContext } from './run-with-context.js';

// Options
export type { CorrelationModuleOptions } from './correlation.options.js';

// Errors
export { RequestCancelledError } from './request-cancelled.error.js';
export type { CancelReason } from './request-cancelled.error.js';
