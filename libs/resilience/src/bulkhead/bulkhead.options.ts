import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

export interface BulkheadOptions {
  /**
   * Methods with the same name share one bulkhead.
   * @defaultValue the name of the `@Resilient` set, else `Class.method`
   */
  readonly name?: string;
  /** Maximum number of calls that run at the same time; at least 1. @defaultValue 10 */
  readonly maxConcurrent?: number;
  /**
   * Maximum number of calls that wait for a slot; 0 rejects a call at once if no slot is free.
   * @defaultValue 0
   */
  readonly maxQueue?: number;
  /** How long a call waits for a slot. Only with `maxQueue`. @defaultValue '1s' */
  readonly maxWait?: Duration;
  /**
   * How long abandoned work (after a timeout, deadline or abort) keeps its slot while it still
   * runs; 0 frees the slot at once.
   * @defaultValue '30s'
   */
  readonly releaseAfter?: Duration;
}

export interface ResolvedBulkhead {
  readonly maxConcurrent: number;
  readonly maxQueue: number;
  readonly maxWaitMs: number;
  readonly releaseAfterMs: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveBulkhead(path: string, options: BulkheadOptions): ResolvedBulkhead {
  const maxQueue = wholeNumber(`${path}.maxQueue`, options.maxQueue ?? 0);
  if (maxQueue === 0 && options.maxWait !== undefined) {
    throw new OptionError(
      `${path}.maxWait`,
      options.maxWait,
      'it has no effect without a queue; set maxQueue to 1 or more, or remove maxWait',
    );
  }
  return {
    maxConcurrent: wholeNumber(`${path}.maxConcurrent`, options.maxConcurrent ?? 10, { min: 1 }),
    maxQueue,
    maxWaitMs: durationMs(`${path}.maxWait`, options.maxWait ?? '1s', { minMs: 1 }),
    releaseAfterMs: durationMs(`${path}.releaseAfter`, options.releaseAfter ?? '30s'),
  };
}
