/** What the channels below `loyalnest:resilience:` may tell; which of it depends on the channel. */
export interface PolicyEvent {
  readonly policy: string;
  readonly key?: string;
  readonly from?: string;
  readonly to?: string;
  readonly by?: string;
  readonly refused?: string;
  readonly handler?: string;
  readonly hedge?: number;
  readonly fault?: string;
  readonly attempt?: number;
  readonly delayMs?: number;
  readonly retryAfterMs?: number;
  readonly ageMs?: number;
  readonly error?: unknown;
}

/** A time as it is written down. */
export function wholeMs(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}
