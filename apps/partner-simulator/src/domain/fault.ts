/** How a provider misbehaves. */
export interface Fault {
  /** How long every request waits first, in milliseconds. */
  readonly latencyMs: number;
  /** Share of requests that are refused, 0 to 1. */
  readonly errorRatio: number;
  /** Whether requests wait until the fault is lifted. */
  readonly hang: boolean;
}

export const NO_FAULT: Fault = { latencyMs: 0, errorRatio: 0, hang: false };
