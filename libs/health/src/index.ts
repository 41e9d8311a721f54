// For your application
export { HealthModule } from './health.module.js';
export { HealthSampler } from './health-sampler.js';

// Options and answers
export type { HealthModuleOptions } from './health.options.js';
export type { HealthReport, ServiceStatus } from './health-report.js';
export type { PlainHealthProvider } from './checks/plain-health-status.js';

// Events
export { healthChanged } from './health.events.js';
export type { HealthChanged } from './health.events.js';
