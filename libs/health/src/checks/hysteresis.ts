import type { HealthStatus } from '@loyalnest/core';
import type { CheckPolicy } from './check-options.js';

/**
 * Turns observations into a status that does not flap: down after `failures` failures in a row, up
 * again after `successes` successes in a row. The first observation counts at once.
 */
export class Hysteresis {
  private status: HealthStatus | undefined;
  private against = 0;

  constructor(private readonly policy: Pick<CheckPolicy, 'failures' | 'successes'>) {}

  /** Whether the latest observations agree with the status. If not, the next ones decide. */
  get isDecided(): boolean {
    return this.against === 0;
  }

  next(observed: HealthStatus): HealthStatus {
    const wasDown = this.status === 'down';
    const isDown = observed === 'down';
    const first = this.status === undefined;
    this.against = first || wasDown === isDown ? 0 : this.against + 1;
    const needed = isDown ? this.policy.failures : this.policy.successes;
    if (this.against === 0 || this.against >= needed) {
      this.status = observed;
      this.against = 0;
    }
    return this.status!;
  }
}
