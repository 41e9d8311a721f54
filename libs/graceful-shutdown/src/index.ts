// For your application
export { GracefulShutdownModule } from './graceful-shutdown.module.js';
export { GracefulShutdown } from './graceful-shutdown.js';

export { OnDrain } from './steps/on-drain.decorator.js';
export type { OnDrainOptions } from './steps/on-drain.decorator.js';

// Options
export type { GracefulShutdownModuleOptions } from './graceful-shutdown.options.js';
export { ProcessControl } from './process/process-control.js';
export type { ProcessEvent } from './process/process-control.js';

// Errors
export { DrainingError } from './draining.error.js';
export { DrainTimeoutError } from './steps/drain-timeout.error.js';

// Events
export { shutdownBegan, shutdownEnded, shutdownPhaseEnded } from './graceful-shutdown.events.js';
export type {
  ShutdownBegan,
  ShutdownCause,
  ShutdownEnded,
  ShutdownPhaseEnded,
} from './graceful-shutdown.events.js';
