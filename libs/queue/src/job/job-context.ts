/** What a handler may know of the run it is in. */
export interface JobContext {
  readonly id: string;
  readonly name: string;
  /** 1 for the first run. */
  readonly attempt: number;
  readonly attempts: number;
  /** ISO 8601 time at which the fact happened. */
  readonly occurredAt: string;
  readonly correlationId: string;
  /** Aborts when the run times out or the process shuts down. Pass it on to what you await. */
  readonly signal: AbortSignal;
}
