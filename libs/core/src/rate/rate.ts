import type { Duration } from '../duration/duration.js';

/** How often something may happen: `limit` times in each `per`. */
export interface Rate {
  /** How often within each `per`. A whole number of at least 1, and at most 1000 per millisecond. */
  readonly limit: number;
  /** The time in which `limit` counts; 1 ms to 24 days. */
  readonly per: Duration;
  /**
   * How many may come at once after a quiet time. A whole number of at least 1; with 1 they keep a
   * distance of `per / limit`.
   *
   * @defaultValue `limit`, unless the option that takes the rate says otherwise
   */
  readonly burst?: number;
}
