import { LoyalNestError } from '@loyalnest/core';

/** The machine has no such program and could not fetch it; the message names the remedies. */
export class PrometheusUnavailableError extends LoyalNestError {
  readonly code = 'PROMETHEUS_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = false;

  constructor(name: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `No ${name} available: it is not on PATH, and apt-get could not fetch it (${reason}). ` +
        `Set ${name.toUpperCase()} to its path, or install Prometheus.`,
      { cause },
    );
  }
}
