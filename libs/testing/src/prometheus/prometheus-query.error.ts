import { LoyalNestError } from '@loyalnest/core';

/** Prometheus did not evaluate an expression. */
export class PrometheusQueryError extends LoyalNestError {
  readonly code = 'PROMETHEUS_QUERY';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    readonly expr: string,
    reason: string,
  ) {
    super(`Prometheus refuses ${expr}: ${reason}`);
  }
}
