export type HealthStatus = 'up' | 'degraded' | 'down';

/** What a provider observed about itself. */
export interface HealthObservation {
  readonly status: HealthStatus;
  /** Stable, public word for the cause, such as `connection-refused`. Never an error's text. */
  readonly code?: string;
  /** Figures for operators; shown only where details are allowed. */
  readonly observed?: Readonly<Record<string, string | number | boolean>>;
}

/** Key of the method by which a provider reports whether it is well. */
export const CHECK_HEALTH: unique symbol = Symbol.for('@loyalnest/core:check-health');

/** A provider that knows whether it is well. Found by discovery; sampled in the background. */
export interface HealthContributor {
  readonly healthCheck: {
    /** Unique in the application, such as `redis:queue`. */
    readonly name: string;
    /** True: down makes the service unready. False: down makes it degraded. */
    readonly critical: boolean;
  };
  /** Must settle soon after `signal` aborts; a rejection counts as down. */
  [CHECK_HEALTH](signal: AbortSignal): HealthObservation | Promise<HealthObservation>;
}

export function isHealthContributor(value: unknown): value is HealthContributor {
  return (
    typeof (value as Partial<HealthContributor> | null | undefined)?.[CHECK_HEALTH] === 'function'
  );
}
