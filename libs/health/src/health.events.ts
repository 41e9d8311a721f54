import { diagnostics, type HealthStatus } from '@loyalnest/core';

/** A check found another status than the time before. */
export interface HealthChanged {
  readonly name: string;
  /** Undefined at the first sample. */
  readonly from: HealthStatus | undefined;
  readonly to: HealthStatus;
  readonly code: string | undefined;
}

export const healthChanged = diagnostics<HealthChanged>('loyalnest:health:changed');
