import { diagnostics, type HealthStatus } from '@loyalnest/core';
import type { ServiceStatus } from './health-report.js';

/** A check counts as something else than before. */
export interface HealthChanged {
  /** `applicationId` of the Nest application. */
  readonly app: string;
  readonly name: string;
  readonly critical: boolean;
  /** Undefined at the first sample. */
  readonly from: HealthStatus | undefined;
  readonly to: HealthStatus;
  readonly code: string | undefined;
}

/** What `/health/ready` answers has changed. */
export interface ReadinessChanged {
  /** `applicationId` of the Nest application. */
  readonly app: string;
  readonly from: ServiceStatus;
  readonly to: ServiceStatus;
  /** Whether new requests should come here now. */
  readonly isReady: boolean;
}

export const healthChanged = diagnostics<HealthChanged>('loyalnest:health:changed');
export const readinessChanged = diagnostics<ReadinessChanged>('loyalnest:health:readiness-changed');
