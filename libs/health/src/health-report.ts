import type { HealthCheckResult } from '@nestjs/terminus';

/**
 * The service as a whole, in the words of Terminus. `starting`: not every check was sampled yet;
 * `error`: a critical check is down; `degraded`: a check that is not critical is down, or one says
 * so itself.
 */
export type ServiceStatus = 'starting' | 'ok' | 'degraded' | 'error' | 'shutting_down';

/** What `GET /health` answers; without the lists where details are not shown. */
export interface HealthReport {
  readonly status: ServiceStatus;
  readonly info?: HealthCheckResult['info'];
  readonly error?: HealthCheckResult['error'];
  readonly details?: HealthCheckResult['details'];
}
