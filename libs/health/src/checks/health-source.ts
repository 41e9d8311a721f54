import type { HealthObservation } from '@loyalnest/core';
import type { HealthCheckOptions } from './check-options.js';

/**
 * What a provider declares about its check, in `healthCheck` next to `[CHECK_HEALTH]` or in the
 * decorator.
 */
export interface HealthCheckDeclaration extends HealthCheckOptions {
  /** Unique in the application, such as `redis:cache`. The part before the colon is its topic. */
  readonly name: string;
  /**
   * Groups that the check belongs to: `ready`, `live`, `startup`, or names of your own, each with a
   * page `/health/<group>`. `/health` always lists every check. @defaultValue 'ready'
   */
  readonly group?: string | readonly string[];
}

/** A check to sample, however the provider declares it. */
export interface HealthSource {
  readonly declaration: HealthCheckDeclaration;
  /** Name of the Nest module that owns the provider. */
  readonly module: string;
  observe(signal: AbortSignal): HealthObservation | Promise<HealthObservation>;
}
