import type { Clock } from '@loyalnest/core';

/** Options of `RequestDeadlineModule`. */
export interface RequestDeadlineOptions {
  /** Source of time. Use the one of `CorrelationModule`. @defaultValue the system clock */
  readonly clock?: Clock;
}
