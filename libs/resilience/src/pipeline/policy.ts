/** One call of a protected method on its way through the pipeline. */
export interface Call {
  /** The instance whose method was called: never captured, always the call's own. */
  readonly self: unknown;
  readonly args: readonly unknown[];
  /** Aborts when the caller gives up, the deadline passes, or this attempt times out. */
  readonly signal: AbortSignal | undefined;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

export type Operation = (call: Call) => Promise<unknown>;

/**
 * Kinds of policies from the outermost to the innermost. This is the only order there is, whatever
 * the order of the decorators in the source.
 */
export const CANONICAL_ORDER = ['fallback', 'retry', 'circuit-breaker', 'timeout'] as const;

export type PolicyKind = (typeof CANONICAL_ORDER)[number];

/** A compiled policy: wraps the rest of the pipeline. */
export interface Policy {
  readonly kind: PolicyKind;
  /** One line with the resolved options, for `explain()`. */
  readonly description: string;
  wrap(next: Operation): Operation;
}
