/** An event of a channel below `loyalnest:resilience:`. The channel decides which fields it has. */
export interface PolicyEvent {
  readonly policy: string;
  readonly key?: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly refused?: string;
  readonly reason?: string;
  readonly handler?: string;
  readonly hedge?: number;
  readonly fault?: string;
  readonly attempt?: number;
  readonly delayMs?: number;
  readonly retryAfterMs?: number;
  readonly ageMs?: number;
  readonly error?: unknown;
}

/** Rounds a time for a log line or a span. */
export function wholeMs(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}
