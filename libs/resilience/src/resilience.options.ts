import type { Clock } from '@loyalnest/core';

export interface ResilienceModuleOptions {
  /** Source of time. @defaultValue the machine's */
  readonly clock?: Clock;
  /** Source of jitter: numbers from 0 (included) to 1 (excluded). @defaultValue Math.random */
  readonly random?: () => number;
}
