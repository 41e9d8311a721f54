export interface WindowCounts {
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
}

/** Counts of the latest calls. Recording costs the same however many calls are counted. */
export interface CallWindow {
  record(failed: boolean, slow: boolean): void;
  readonly counts: WindowCounts;
  clear(): void;
}
