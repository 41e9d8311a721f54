import type { DeadLetterReason } from '../dead-letter/dead-letter.js';

/** What became of a run. */
export type RunOutcome =
  | { readonly kind: 'completed' }
  /** Runs again after its backoff. */
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'dead'; readonly reason: DeadLetterReason; readonly error: unknown }
  /** Goes back into its queue, as if it had not been taken. */
  | { readonly kind: 'handed-back'; readonly error: unknown }
  /** Another worker has the job. */
  | { readonly kind: 'lost'; readonly error: unknown }
  /** Taken again later with no attempt counted; `data` is stored with it. */
  | { readonly kind: 'postponed'; readonly delayMs: number; readonly data: unknown };

/** Reason by which a run is told to stop because its process shuts down. */
export class HandBack extends Error {
  override readonly name = 'HandBack';
}

/** Thrown before a run that must wait. */
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
