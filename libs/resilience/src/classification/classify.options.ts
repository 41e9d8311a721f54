import { OptionError } from '@loyalnest/core';
import type { Outcome } from '@loyalnest/core/toolkit';

/** How one result counts; fields that are left out keep their default. */
export interface Verdict {
  readonly outcome?: Outcome;
  /** Whether a retry may repeat the call. */
  readonly retryable?: boolean;
}

/**
 * Decides how a result counts. Gets what the call threw, or the value that it returned. Undefined leaves
 * the decision to the default classification. A plain outcome also decides about retries: `failure` may
 * be retried unless the default classification knows that it is permanent; `success` and `neutral` may
 * not.
 *
 * @param result the error or the returned value
 * @param thrown whether it is an error
 */
export type Classify = (result: unknown, thrown: boolean) => Outcome | Verdict | undefined;

/** @throws {@link OptionError} for anything but a function */
export function checkClassify(path: string, classify: Classify | undefined): Classify | undefined {
  if (classify === undefined || typeof classify === 'function') return classify;
  throw new OptionError(
    path,
    classify,
    "use a function that returns 'failure', 'success', 'neutral' or undefined",
  );
}
