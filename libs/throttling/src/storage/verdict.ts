import type { CellsVerdict } from '@loyalnest/core/toolkit';

/** The decision about one request. */
export interface Verdict extends CellsVerdict {
  /** Set if Redis is unavailable and this process decided alone. */
  readonly fallback?: true;
}
