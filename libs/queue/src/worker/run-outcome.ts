import type { DeadLetterReason } from '../dead-letter/dead-letter.js';

/** How a run ended. */
export type RunOutcome =
  | { readonly kind: 'completed' }
  /** The job runs again after its backoff. */
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'dead'; readonly reason: DeadLetterReason; readonly error: unknown }
  /** The job goes back to its queue, and no attempt is counted. */
  | { readonly kind: 'handed-back'; readonly error: unknown }
  /** Another worker has the job. */
  | { readonly kind: 'lost'; readonly error: unknown }
  /** A worker takes the job again later; no attempt is counted. `data` replaces the job's data. */
  | { readonly kind: 'postponed'; readonly delayMs: number; readonly data: unknown };

/** Abort reason of a run whose process is shutting down. */
export class HandBack extends Error {
  override readonly name = 'HandBack';
}

/** Thrown before a run if the job must wait. */
export class Postponement extends Error {
  override readonly name = 'Postponement';

  constructor(
    readonly delayMs: number,
    readonly data: unknown,
    message: string,
  ) {
    super(message);
  }
}
