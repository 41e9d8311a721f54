import {
  durationMs,
  isLoyalNestError,
  OptionError,
  ratio,
  wholeNumber,
  type Duration,
} from '@loyalnest/core';

export interface CircuitBreakerOptions {
  /**
   * Name of the dependency. Methods with the same name share one breaker.
   * @defaultValue `Class.method`
   */
  readonly name?: string;
  /** Opens when this part of the calls in the window failed; above 0, up to 1. @defaultValue 0.5 */
  readonly failureRatio?: number;
  /** Calls in the window below which the breaker never opens; at least 1. @defaultValue 20 */
  readonly minimumCalls?: number;
  /** Length of the sliding window. @defaultValue '10s' */
  readonly window?: Duration;
  /** Slices of the window; the oldest is forgotten as a whole. @defaultValue 10 */
  readonly windowBuckets?: number;
  /** How long the circuit stays open before it lets probes through. @defaultValue '30s' */
  readonly openFor?: Duration;
  /** Calls that are let through when half-open; at least 1. @defaultValue 1 */
  readonly halfOpenProbes?: number;
  /** A probe that has not settled by then gives its place to another. @defaultValue `openFor` */
  readonly probeLease?: Duration;
  /**
   * Errors that say nothing about the dependency: neither success nor failure.
   * @defaultValue the caller's own mistakes and rejections: errors of the suite in the categories
   * invalid, conflict, not-found, forbidden, unauthenticated
   */
  readonly ignore?: (error: unknown) => boolean;
}

export interface ResolvedCircuitBreaker {
  readonly failureRatio: number;
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly windowBuckets: number;
  readonly openForMs: number;
  readonly halfOpenProbes: number;
  readonly probeLeaseMs: number;
  readonly ignore: (error: unknown) => boolean;
}

const CALLERS_FAULT = new Set(['invalid', 'conflict', 'not-found', 'forbidden', 'unauthenticated']);

export function resolveCircuitBreaker(
  path: string,
  options: CircuitBreakerOptions,
): ResolvedCircuitBreaker {
  const failureRatio = ratio(`${path}.failureRatio`, options.failureRatio ?? 0.5);
  if (failureRatio === 0) {
    throw new OptionError(`${path}.failureRatio`, 0, 'use a number above 0, up to 1');
  }
  const openForMs = durationMs(`${path}.openFor`, options.openFor ?? '30s', { minMs: 1 });
  return {
    failureRatio,
    minimumCalls: wholeNumber(`${path}.minimumCalls`, options.minimumCalls ?? 20, { min: 1 }),
    windowMs: durationMs(`${path}.window`, options.window ?? '10s', { minMs: 1 }),
    windowBuckets: wholeNumber(`${path}.windowBuckets`, options.windowBuckets ?? 10, { min: 1 }),
    openForMs,
    halfOpenProbes: wholeNumber(`${path}.halfOpenProbes`, options.halfOpenProbes ?? 1, { min: 1 }),
    probeLeaseMs: durationMs(`${path}.probeLease`, options.probeLease ?? openForMs, { minMs: 1 }),
    ignore: options.ignore ?? saysNothing,
  };
}

function saysNothing(error: unknown): boolean {
  return isLoyalNestError(error) && CALLERS_FAULT.has(error.category);
}
