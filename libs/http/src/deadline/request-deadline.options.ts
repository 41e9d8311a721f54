import type { Clock } from '@loyalnest/core';

export interface RequestDeadlineOptions {
  /** Source of time; that of the context's deadlines. @defaultValue the machine's */
  readonly clock?: Clock;
}
