import type { CellsVerdict } from '@loyalnest/core/toolkit';

/** What was decided about one request. */
export interface Verdict extends CellsVerdict {
  /** Set if Redis is unavailable and this process decided by itself. */
  readonly fallback?: true;
}
