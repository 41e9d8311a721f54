import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';

export interface BulkheadOptions {
  /**
   * Methods with the same name share their places.
   * @defaultValue the set's name of `@Resilient`, else `Class.method`
   */
  readonly name?: string;
  /** Calls that run at the same time; at least 1. @defaultValue 10 */
  readonly maxConcurrent?: number;
  /** Calls that wait for a place; 0 rejects what finds none free. @defaultValue 0 */
  readonly maxQueue?: number;
  /** How long a call waits for a place. Only with `maxQueue`. @defaultValue '1s' */
  readonly maxWait?: Duration;
  /**
   * How long work that was given up (by a timeout, a deadline, an abort) keeps its place while it
   * goes on; 0 frees it at once. @defaultValue '30s'
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
      'nothing can wait without a queue; set maxQueue to 1 or more, or leave this out',
    );
  }
  return {
    maxConcurrent: wholeNumber(`${path}.maxConcurrent`, options.maxConcurrent ?? 10, { min: 1 }),
    maxQueue,
    maxWaitMs: durationMs(`${path}.maxWait`, options.maxWait ?? '1s', { minMs: 1 }),
    releaseAfterMs: durationMs(`${path}.releaseAfter`, options.releaseAfter ?? '30s'),
  };
}
