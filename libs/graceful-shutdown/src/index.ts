// For your application
export { GracefulShutdownModule } from './graceful-shutdown.module.js';
export { GracefulShutdown } from './graceful-shutdown.js';

// Options
export type { GracefulShutdownModuleOptions } from './graceful-shutdown.options.js';
export { ProcessControl } from './process/process-control.js';
export type { ProcessEvent } from './process/process-control.js';

// Errors
export { DrainTimeoutError } from './steps/drain-timeout.error.js';

// Events
export { shutdownBegan, shutdownPhaseEnded } from './graceful-shutdown.events.js';
export type {
  ShutdownBegan,
  ShutdownCause,
  ShutdownPhaseEnded,
} from './graceful-shutdown.events.js';
