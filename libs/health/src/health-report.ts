import type { HealthCheckResult } from '@nestjs/terminus';
import type { ModuleHealth } from './groups/module-report.js';

/**
 * A group of checks as a whole, in the words of Terminus. `starting`: not every check was sampled
 * yet, or the startup is not over; `error`: a critical check is down, the startup failed, or nothing
 * has been sampled for long; `degraded`: a check that is not critical is down, or one says so itself.
 */
export type ServiceStatus = 'starting' | 'ok' | 'degraded' | 'error' | 'shutting_down';

/** What a page answers; without the lists where details are not shown. */
export interface HealthReport {
  readonly status: ServiceStatus;
  readonly info?: HealthCheckResult['info'];
  readonly error?: HealthCheckResult['error'];
  readonly details?: HealthCheckResult['details'];
  /** Of `/health/modules` only. */
  readonly modules?: Readonly<Record<string, ModuleHealth>>;
}
