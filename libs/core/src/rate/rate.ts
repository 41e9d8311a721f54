import type { Duration } from '../duration/duration.js';

/** How often something may happen: `limit` times in each `per`. */
export interface Rate {
  /** Max number of events in each `per`. A whole number >= 1, and at most 1000 per millisecond. */
  readonly limit: number;
  /** The period of `limit`; 1 ms to 24 days. */
  readonly per: Duration;
  /**
   * Max number of events at once after a quiet time. A whole number >= 1. With 1, events are at least
   * `per / limit` apart.
   *
   * @defaultValue `limit`, unless the option that takes the rate says otherwise
   */
  readonly burst?: number;
}
