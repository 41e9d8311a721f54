import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

export interface HedgeOptions {
  /**
   * Says that the method may run more than once at the same time for one call without doing its work
   * twice. Nothing can check that for you.
   */
  readonly idempotent: true;
  /** How long a call is waited for before another one is made beside it. */
  readonly delay: Duration;
  /** Further calls beside the first, each after another `delay`; at least 1. @defaultValue 1 */
  readonly max?: number;
}

export interface ResolvedHedge {
  readonly delayMs: number;
  readonly max: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveHedge(path: string, options: HedgeOptions): ResolvedHedge {
  if ((options.idempotent as unknown) !== true) {
    throw new OptionError(
      `${path}.idempotent`,
      options.idempotent,
      'a hedged method runs more than once for one call; write true if it does its work once then',
    );
  }
  return {
    delayMs: durationMs(`${path}.delay`, options.delay, { minMs: 1 }),
    max: wholeNumber(`${path}.max`, options.max ?? 1, { min: 1 }),
  };
}
