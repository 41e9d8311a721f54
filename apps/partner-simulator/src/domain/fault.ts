/** How a provider misbehaves. */
export interface Fault {
  /** Delay before every response, in milliseconds. */
  readonly latencyMs: number;
  /** Share of requests that fail, from 0 to 1. */
  readonly errorRatio: number;
  /** Whether requests hang until the fault is lifted. */
  readonly hang: boolean;
}

export const NO_FAULT: Fault = { latencyMs: 0, errorRatio: 0, hang: false };
