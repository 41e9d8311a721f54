import type { Operation } from './call.js';

/**
 * The kinds of policies, from the outermost to the innermost. Policies always run in this order,
 * whatever the order of the decorators in the source.
 */
export const CANONICAL_ORDER = [
  'fallback',
  'cache',
  'single-flight',
  'deadline',
  'rate-limit',
  'bulkhead',
  'retry',
  'circuit-breaker',
  'hedge',
  'timeout',
  'fault-injection',
] as const;

export type PolicyKind = (typeof CANONICAL_ORDER)[number];

/** A compiled policy: wraps the rest of the pipeline. */
export interface Policy {
  readonly kind: PolicyKind;
  /** One line with the resolved options, for `explain()`. */
  readonly description: string;
  wrap(next: Operation): Operation;
}
