export interface WindowCounts {
  readonly calls: number;
  readonly failures: number;
  readonly slowCalls: number;
}

/** Counts the latest calls. Recording takes the same time however many calls are counted. */
export interface CallWindow {
  record(failed: boolean, slow: boolean): void;
  readonly counts: WindowCounts;
  clear(): void;
}
