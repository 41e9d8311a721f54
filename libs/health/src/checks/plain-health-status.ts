import type { HealthObservation, HealthStatus } from '@loyalnest/core';

/** A provider with the plain method that applications often have already. */
export interface PlainHealthProvider {
  getHealthStatus(): unknown;
}

export function isPlainHealthProvider(value: unknown): value is PlainHealthProvider {
  return (
    typeof (value as Partial<PlainHealthProvider> | null | undefined)?.getHealthStatus ===
    'function'
  );
}

const STATUSES: Readonly<Record<string, HealthStatus>> = {
  up: 'up',
  ok: 'up',
  healthy: 'up',
  degraded: 'degraded',
  down: 'down',
  error: 'down',
  unhealthy: 'down',
};

/**
 * Reads what `getHealthStatus()` gave: a boolean, or an object with `status` (up, ok, healthy,
 * degraded, down, error, unhealthy) or with a boolean `healthy`. Nothing else of it is passed on.
 */
export function readPlainStatus(value: unknown): HealthObservation {
  if (typeof value === 'boolean') return { status: value ? 'up' : 'down' };
  const { status, healthy } = (value ?? {}) as { status?: unknown; healthy?: unknown };
  const known = typeof status === 'string' ? STATUSES[status.toLowerCase()] : undefined;
  if (known) return { status: known };
  if (typeof healthy === 'boolean') return { status: healthy ? 'up' : 'down' };
  return { status: 'down', code: 'unknown-status' };
}

/**
 * Reads what a method with `@HealthIndicator` gave: nothing means that it is well, as it did not
 * throw; otherwise as above, with the code and the figures of an observation.
 */
export function readObservation(value: unknown): HealthObservation {
  if (value === undefined) return { status: 'up' };
  const { code, observed } = (value ?? {}) as { code?: unknown; observed?: unknown };
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof observed === 'object' &&
      observed !== null && { observed: observed as NonNullable<HealthObservation['observed']> }),
    ...readPlainStatus(value),
  };
}
