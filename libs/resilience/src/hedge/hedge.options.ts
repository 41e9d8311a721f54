import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import { classifierOf, type Classifier } from '../classification/classifier.js';
import type { Classify } from '../classification/classify.options.js';

export interface HedgeOptions {
  /**
   * Confirms that the method may run several times at once for one call without doing its work
   * twice. The library cannot check this.
   */
  readonly idempotent: true;
  /** How long to wait for an answer before the next attempt starts. */
  readonly delay: Duration;
  /** Maximum number of extra attempts, each after another `delay`; at least 1. @defaultValue 1 */
  readonly max?: number;
  /**
   * After which results another attempt may still help: those that it calls `failure` or `retryable`.
   * Any other result ends the call at once.
   * @defaultValue `classify` of the module, else the table in the README
   */
  readonly classify?: Classify;
}

export interface ResolvedHedge {
  readonly classify: Classifier;
  readonly delayMs: number;
  readonly max: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveHedge(
  path: string,
  options: HedgeOptions,
  { classify }: { readonly classify?: Classifier } = {},
): ResolvedHedge {
  if ((options.idempotent as unknown) !== true) {
    throw new OptionError(
      `${path}.idempotent`,
      options.idempotent,
      'a hedged method may run more than once per call; set it to true if that is safe',
    );
  }
  return {
    classify: classifierOf(path, options.classify, classify),
    delayMs: durationMs(`${path}.delay`, options.delay, { minMs: 1 }),
    max: wholeNumber(`${path}.max`, options.max ?? 1, { min: 1 }),
  };
}
