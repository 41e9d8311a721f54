/** Health of a provider. A degraded provider still works, but needs attention. */
export type HealthStatus = 'up' | 'degraded' | 'down';

/** Health of a provider, as it observes it. */
export interface HealthObservation {
  readonly status: HealthStatus;
  /** Stable, public code of the cause, such as `connection-refused`. Never the message of an error. */
  readonly code?: string;
  /** Figures for operators, shown only where details are allowed. */
  readonly observed?: Readonly<Record<string, string | number | boolean>>;
}

/** Key of the method with which a provider reports its health. */
export const CHECK_HEALTH: unique symbol = Symbol.for('@loyalnest/core:check-health');

/** A provider that knows its health. Nest's discovery finds it; it is sampled in the background. */
export interface HealthContributor {
  readonly healthCheck: {
    /** Name that is unique in the application, such as `redis:queue`. */
    readonly name: string;
    /** If true, `down` makes the service unready; if false, degraded. */
    readonly critical: boolean;
  };
  /** Must settle soon after `signal` aborts. A rejection counts as `down`. */
  [CHECK_HEALTH](signal: AbortSignal): HealthObservation | Promise<HealthObservation>;
}

/** Returns whether a provider implements {@link HealthContributor}. */
export function isHealthContributor(value: unknown): value is HealthContributor {
  return (
    typeof (value as Partial<HealthContributor> | null | undefined)?.[CHECK_HEALTH] === 'function'
  );
}
