import type { HealthCheckResult } from '@nestjs/terminus';
import type { ModuleHealth } from './groups/module-report.js';

/**
 * Status of a group of checks, as Terminus names it. `starting`: not every check has been sampled
 * yet, or startup is not complete. `error`: a critical check is down, startup failed, or no sample
 * has been taken for too long. `degraded`: a soft check is down, or a check reports that it is
 * degraded.
 */
export type ServiceStatus = 'starting' | 'ok' | 'degraded' | 'error' | 'shutting_down';

/** Body of a health page. The lists are absent if details are hidden. */
export interface HealthReport {
  readonly status: ServiceStatus;
  readonly info?: HealthCheckResult['info'];
  readonly error?: HealthCheckResult['error'];
  readonly details?: HealthCheckResult['details'];
  /** Only on `/health/modules`. */
  readonly modules?: Readonly<Record<string, ModuleHealth>>;
}
