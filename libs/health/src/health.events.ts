import { diagnostics, type HealthStatus } from '@loyalnest/core';
import type { ServiceStatus } from './health-report.js';

/** The status of a check changed. */
export interface HealthChanged {
  /** `applicationId` of the Nest application. */
  readonly app: string;
  readonly name: string;
  readonly critical: boolean;
  /** Undefined for the first sample. */
  readonly from: HealthStatus | undefined;
  readonly to: HealthStatus;
  readonly code: string | undefined;
}

/** The status at `/health/ready` changed. */
export interface ReadinessChanged {
  /** `applicationId` of the Nest application. */
  readonly app: string;
  readonly from: ServiceStatus;
  readonly to: ServiceStatus;
  /** Whether the service should now receive new requests. */
  readonly isReady: boolean;
}

export const healthChanged = diagnostics<HealthChanged>('loyalnest:health:changed');
export const readinessChanged = diagnostics<ReadinessChanged>('loyalnest:health:readiness-changed');
