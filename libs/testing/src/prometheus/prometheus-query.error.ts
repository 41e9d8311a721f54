import { LoyalNestError } from '@loyalnest/core';

/** Prometheus rejected an expression. */
export class PrometheusQueryError extends LoyalNestError {
  readonly code = 'PROMETHEUS_QUERY';
  readonly category = 'invalid';
  readonly retryable = false;

  constructor(
    readonly expr: string,
    reason: string,
  ) {
    super(`Prometheus rejected ${expr}: ${reason}`);
  }
}
