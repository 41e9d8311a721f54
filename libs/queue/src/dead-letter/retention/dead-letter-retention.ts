import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../dead-letter.js';

export interface RetentionLimits {
  /** Age at which a dead letter is removed; at least an hour. */
  readonly maxAge?: Duration;
  /** Number above which the oldest are removed; at least 1. */
  readonly maxCount?: number;
}

export interface DeadLetterOptions {
  /** Age at which a dead letter is removed; at least an hour. @defaultValue '180d' */
  readonly maxAge?: Duration;
  /** Number in one queue above which the oldest are removed; at least 1. @defaultValue 100000 */
  readonly maxCount?: number;
  /** Limits of single reasons: the age instead of the general one, the count beside it. */
  readonly reasons?: Partial<Record<DeadLetterReason, RetentionLimits>>;
  /** How long a discarded dead letter can be restored; at least a minute. @defaultValue '30d' */
  readonly discardedFor?: Duration;
  /** How often the index is compared with the failed set; at least a second. @defaultValue '1m' */
  readonly reconcileEvery?: Duration;
  /** How often all of it is compared; not below `reconcileEvery`. @defaultValue '1h' */
  readonly fullReconcileEvery?: Duration;
  /** How often what is over a limit is removed; at least a second. @defaultValue '10m' */
  readonly pruneEvery?: Duration;
  /** How often pending redrive tasks are looked for; at least 50 ms. @defaultValue '1s' */
  readonly taskPollInterval?: Duration;
}

export interface ResolvedRetention {
  readonly maxAgeMs: Readonly<Record<DeadLetterReason, number>>;
  readonly maxCount: number;
  readonly maxCountOf: Readonly<Partial<Record<DeadLetterReason, number>>>;
  readonly discardedForMs: number;
}

export interface ResolvedDeadLetterOptions {
  readonly retention: ResolvedRetention;
  readonly reconcileEveryMs: number;
  readonly fullReconcileEveryMs: number;
  readonly pruneEveryMs: number;
  readonly taskPollMs: number;
}

const HOUR_MS = 3_600_000;
const MAX_MS = 100 * 366 * 86_400_000;

/** @throws OptionError naming the option */
export function resolveDeadLetterOptions(
  options: DeadLetterOptions = {},
): ResolvedDeadLetterOptions {
  const path = 'queue.deadLetters';
  const reconcileEveryMs = durationMs(`${path}.reconcileEvery`, options.reconcileEvery ?? '1m', {
    minMs: 1_000,
  });
  return {
    retention: resolveRetention(options, path),
    reconcileEveryMs,
    fullReconcileEveryMs: durationMs(
      `${path}.fullReconcileEvery`,
      options.fullReconcileEvery ?? Math.max(HOUR_MS, reconcileEveryMs),
      { minMs: reconcileEveryMs },
    ),
    pruneEveryMs: durationMs(`${path}.pruneEvery`, options.pruneEvery ?? '10m', { minMs: 1_000 }),
    taskPollMs: durationMs(`${path}.taskPollInterval`, options.taskPollInterval ?? '1s', {
      minMs: 50,
    }),
  };
}

function resolveRetention(options: DeadLetterOptions, path: string): ResolvedRetention {
  const age = (at: string, value: Duration): number =>
    durationMs(at, value, { minMs: HOUR_MS, maxMs: MAX_MS });
  const maxAgeMs = age(`${path}.maxAge`, options.maxAge ?? '180d');
  const reasons = options.reasons ?? {};
  const unknown = Object.keys(reasons).find((reason) => !isReason(reason));
  if (unknown !== undefined) {
    const remedy = `use one of ${DEAD_LETTER_REASONS.join(', ')}`;
    throw new OptionError(`${path}.reasons`, unknown, remedy);
  }
  const maxCountOf: Partial<Record<DeadLetterReason, number>> = {};
  const maxAgeOf = {} as Record<DeadLetterReason, number>;
  for (const reason of DEAD_LETTER_REASONS) {
    const own = reasons[reason];
    const at = `${path}.reasons.${reason}`;
    maxAgeOf[reason] = own?.maxAge === undefined ? maxAgeMs : age(`${at}.maxAge`, own.maxAge);
    if (own?.maxCount === undefined) continue;
    maxCountOf[reason] = wholeNumber(`${at}.maxCount`, own.maxCount, { min: 1 });
  }
  return {
    maxAgeMs: maxAgeOf,
    maxCount: wholeNumber(`${path}.maxCount`, options.maxCount ?? 100_000, { min: 1 }),
    maxCountOf,
    discardedForMs: durationMs(`${path}.discardedFor`, options.discardedFor ?? '30d', {
      minMs: 60_000,
      maxMs: MAX_MS,
    }),
  };
}

function isReason(value: string): value is DeadLetterReason {
  return (DEAD_LETTER_REASONS as readonly string[]).includes(value);
}
