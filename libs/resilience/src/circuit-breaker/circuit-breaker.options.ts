import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { ratio, warnDeprecatedOption, wholeNumber } from '@loyalnest/core/toolkit';
import { classifierOf, type Classifier } from '../classification/classifier.js';
import type { Classify } from '../classification/classify.options.js';

export interface CircuitBreakerOptions {
  /**
   * Name of the dependency. Methods with the same name share one breaker.
   * @defaultValue the name of the `@Resilient` set, else `Class.method`
   */
  readonly name?: string;
  /**
   * The circuit opens when at least this share of the calls in the window failed; above 0, up to 1.
   * @defaultValue 0.5
   */
  readonly failureRatio?: number;
  /** The circuit stays closed while the window has fewer calls; at least 1. @defaultValue 20 */
  readonly minimumCalls?: number;
  /** Length of the sliding window. @defaultValue '10s' */
  readonly window?: Duration;
  /** Number of buckets in the window; calls leave it bucket by bucket. @defaultValue 10 */
  readonly windowBuckets?: number;
  /**
   * Counts this many of the latest calls instead of those of the latest seconds, from 1 to
   * 1,000,000. Cannot be combined with `window` or `windowBuckets`.
   */
  readonly windowCalls?: number;
  /**
   * A call that takes at least this long is slow, whatever its result.
   * @defaultValue only calls that are ended early can be slow: those that a timeout, a deadline or
   * the caller ended after half of the method's `@Timeout`; without one, half of its `@Deadline`,
   * then half of the module's `requestTimeout`, then 5 s
   */
  readonly slowCall?: Duration;
  /**
   * The circuit opens when at least this share of the calls was slow; above 0, up to 1.
   * @defaultValue 1 with `slowCall`, else `failureRatio`
   */
  readonly slowCallRatio?: number;
  /** How long the circuit stays open before it lets probes through. @defaultValue '30s' */
  readonly openFor?: Duration;
  /** Number of calls that a half-open circuit lets through; at least 1. @defaultValue 1 */
  readonly halfOpenProbes?: number;
  /**
   * How long a probe keeps its slot. After that another call may take it.
   * @defaultValue `openFor`
   */
  readonly probeLease?: Duration;
  /**
   * How results count: `failure`, `success` or `neutral` (neither).
   * @defaultValue `classify` of the module, else the table in the README
   */
  readonly classify?: Classify;
  /** @deprecated until version 0.3: use `classify` and return `neutral`. */
  readonly ignore?: (error: unknown) => boolean;
  /** @deprecated until version 0.3: use `classify` and return `neutral`. */
  readonly ignoreResult?: (value: unknown) => boolean;
  /** @deprecated until version 0.3: use `classify` and return `failure`. */
  readonly failureResult?: (value: unknown) => boolean;
  /**
   * Uses one breaker per key, such as the host that a call goes to. Gets the arguments of the call.
   * @defaultValue one breaker for all calls
   */
  readonly key?: (...args: never[]) => string;
  /**
   * Maximum number of breakers with `key`. Above it the least recently used ones are dropped, but
   * only those that are closed and have an empty window.
   * @defaultValue 1000
   */
  readonly maxKeys?: number;
}

export interface ResolvedCircuitBreaker {
  readonly failureRatio: number;
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly windowBuckets: number;
  /** 0 for a time window. */
  readonly windowCalls: number;
  /** Infinity if no call is slow. */
  readonly slowCallMs: number;
  readonly slowCallRatio: number;
  readonly openForMs: number;
  readonly halfOpenProbes: number;
  readonly probeLeaseMs: number;
  readonly classify: Classifier;
  readonly ignore: ((error: unknown) => boolean) | undefined;
  readonly ignoreResult: ((value: unknown) => boolean) | undefined;
  readonly failureResult: ((value: unknown) => boolean) | undefined;
  readonly key: ((...args: never[]) => string) | undefined;
  readonly maxKeys: number;
}

/** @throws {@link OptionError} with the path of the option */
export function resolveCircuitBreaker(
  path: string,
  options: CircuitBreakerOptions,
  { classify }: { readonly classify?: Classifier } = {},
): ResolvedCircuitBreaker {
  for (const name of ['ignore', 'ignoreResult', 'failureResult'] as const) {
    if (options[name] !== undefined) warnDeprecatedOption(`${path}.${name}`, 'classify');
  }
  const failureRatio = share(`${path}.failureRatio`, options.failureRatio ?? 0.5);
  const openForMs = durationMs(`${path}.openFor`, options.openFor ?? '30s', { minMs: 1 });
  const minimumCalls = wholeNumber(`${path}.minimumCalls`, options.minimumCalls ?? 20, { min: 1 });
  return {
    failureRatio,
    minimumCalls,
    windowMs: durationMs(`${path}.window`, options.window ?? '10s', { minMs: 1 }),
    windowBuckets: wholeNumber(`${path}.windowBuckets`, options.windowBuckets ?? 10, { min: 1 }),
    windowCalls: windowCalls(path, options, minimumCalls),
    slowCallMs:
      options.slowCall === undefined
        ? Infinity
        : durationMs(`${path}.slowCall`, options.slowCall, { minMs: 1 }),
    slowCallRatio: share(
      `${path}.slowCallRatio`,
      options.slowCallRatio ?? (options.slowCall === undefined ? failureRatio : 1),
    ),
    openForMs,
    halfOpenProbes: wholeNumber(`${path}.halfOpenProbes`, options.halfOpenProbes ?? 1, { min: 1 }),
    probeLeaseMs: durationMs(`${path}.probeLease`, options.probeLease ?? openForMs, { minMs: 1 }),
    classify: classifierOf(path, options.classify, classify),
    ignore: options.ignore,
    ignoreResult: options.ignoreResult,
    failureResult: options.failureResult,
    key: options.key,
    maxKeys: wholeNumber(`${path}.maxKeys`, options.maxKeys ?? 1_000, { min: 1 }),
  };
}

function share(path: string, value: number): number {
  if (ratio(path, value) > 0) return value;
  throw new OptionError(path, value, 'use a number above 0, up to 1');
}

function windowCalls(path: string, options: CircuitBreakerOptions, minimumCalls: number): number {
  if (options.windowCalls === undefined) return 0;
  const calls = wholeNumber(`${path}.windowCalls`, options.windowCalls, { min: 1, max: 1_000_000 });
  if (options.window !== undefined || options.windowBuckets !== undefined) {
    throw new OptionError(
      `${path}.windowCalls`,
      calls,
      'the window counts calls or time, not both; remove window and windowBuckets, or windowCalls',
    );
  }
  if (minimumCalls > calls) {
    throw new OptionError(
      `${path}.minimumCalls`,
      minimumCalls,
      `the breaker could never open; use at most windowCalls (${calls})`,
    );
  }
  return calls;
}
