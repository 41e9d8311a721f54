import { LoyalNestError } from '@loyalnest/core';

/** A metric source did not answer within `sourceTimeout`. */
export class SourceTimeoutError extends LoyalNestError {
  readonly code = 'METRIC_SOURCE_TIMEOUT';
  readonly category = 'timeout';
  readonly retryable = true;

  constructor(
    readonly source: string,
    readonly timeoutMs: number,
  ) {
    super(
      `the metric source ${source} did not answer within ${timeoutMs} ms; check what it reads from`,
    );
  }
}
