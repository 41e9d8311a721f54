import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber, type ResolvedAdaptiveLimit } from '@loyalnest/core/toolkit';

/** Range of an adaptive bulkhead; its maximum is `maxConcurrent`. */
export interface AdaptiveBulkheadOptions {
  /** The limit before anything was measured; from `min` to `maxConcurrent`. @defaultValue `maxConcurrent` */
  readonly initial?: number;
  /** The limit never falls below it; at least 1. @defaultValue 1 */
  readonly min?: number;
}

export interface BulkheadOptions {
  /**
   * Methods with the same name share one bulkhead.
   * @defaultValue the name of the `@Resilient` set, else `Class.method`
   */
  readonly name?: string;
  /** Maximum number of calls that run at the same time; at least 1. @defaultValue 10 */
  readonly maxConcurrent?: number;
  /**
   * Finds the limit from the latency of the calls: it falls when they begin to queue in the dependency, and
   * rises again, up to `maxConcurrent`. `true` or its range.
   * @defaultValue false
   */
  readonly adaptive?: boolean | AdaptiveBulkheadOptions;
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
  /** Undefined if the limit is always `maxConcurrent`. */
  readonly adaptive: ResolvedAdaptiveLimit | undefined;
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
  const maxConcurrent = wholeNumber(`${path}.maxConcurrent`, options.maxConcurrent ?? 10, {
    min: 1,
  });
  return {
    maxConcurrent,
    adaptive: resolveAdaptive(`${path}.adaptive`, options.adaptive ?? false, maxConcurrent),
    maxQueue,
    maxWaitMs: durationMs(`${path}.maxWait`, options.maxWait ?? '1s', { minMs: 1 }),
    releaseAfterMs: durationMs(`${path}.releaseAfter`, options.releaseAfter ?? '30s'),
  };
}

function resolveAdaptive(
  path: string,
  adaptive: boolean | AdaptiveBulkheadOptions,
  max: number,
): ResolvedAdaptiveLimit | undefined {
  if (adaptive === false) return undefined;
  if (adaptive !== true && (typeof adaptive !== 'object' || adaptive === null)) {
    throw new OptionError(path, adaptive, 'use true, false or { initial, min }');
  }
  const { min = 1, initial = max } = adaptive === true ? {} : adaptive;
  wholeNumber(`${path}.min`, min, { min: 1, max });
  return { min, initial: wholeNumber(`${path}.initial`, initial, { min, max }), max };
}
