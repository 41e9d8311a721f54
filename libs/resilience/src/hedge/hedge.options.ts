import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

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
      'a hedged method may run more than once per call; set it to true if that is safe',
    );
  }
  return {
    delayMs: durationMs(`${path}.delay`, options.delay, { minMs: 1 }),
    max: wholeNumber(`${path}.max`, options.max ?? 1, { min: 1 }),
  };
}
