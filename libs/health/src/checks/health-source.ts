import type { HealthObservation } from '@loyalnest/core';
import type { HealthCheckOptions } from './check-options.js';

/** What a provider says of its check: `healthCheck` beside `[CHECK_HEALTH]`, or the decorator. */
export interface HealthCheckDeclaration extends HealthCheckOptions {
  /** Unique in the application, such as `redis:cache`. Its first part is its topic. */
  readonly name: string;
  /**
   * Where the check counts: `ready`, `live`, `startup`, or names of your own, each a page
   * `/health/<group>`. `/health` lists every check. @defaultValue 'ready'
   */
  readonly group?: string | readonly string[];
}

/** What is sampled, whichever way the provider offers it. */
export interface HealthSource {
  readonly declaration: HealthCheckDeclaration;
  /** Name of the Nest module that owns the provider. */
  readonly module: string;
  observe(signal: AbortSignal): HealthObservation | Promise<HealthObservation>;
}
