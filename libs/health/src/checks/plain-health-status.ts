import type { HealthObservation, HealthStatus } from '@loyalnest/core';

/** A provider with the plain method that many applications already have. */
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
 * Reads the result of `getHealthStatus()`: a boolean, or an object with `status` (up, ok, healthy,
 * degraded, down, error, unhealthy) or with a boolean `healthy`. Everything else is dropped.
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
 * Reads the result of a method with `@HealthIndicator`. Undefined means up; anything else is read
 * like a plain status, with the code and figures of an observation.
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
