import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { wholeNumber } from '@loyalnest/core/toolkit';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../dead-letter.js';

/** Limits for the dead letters of one reason. */
export interface RetentionLimits {
  /** Removes a dead letter at this age; min 1 h. */
  readonly maxAge?: Duration;
  /** Removes the oldest above this number; min 1. */
  readonly maxCount?: number;
}

export interface DeadLetterOptions {
  /** Removes a dead letter at this age; min 1 h. @defaultValue '180d' */
  readonly maxAge?: Duration;
  /** Removes the oldest of a queue above this number; min 1. @defaultValue 100000 */
  readonly maxCount?: number;
  /** Limits for single reasons. The age replaces the general one; the count applies in addition. */
  readonly reasons?: Partial<Record<DeadLetterReason, RetentionLimits>>;
  /** How long a discarded dead letter can be restored; min 1 m. @defaultValue '30d' */
  readonly discardedFor?: Duration;
  /** How often the index is compared with recent deaths; min 1 s. @defaultValue '1m' */
  readonly reconcileEvery?: Duration;
  /** How often the whole index is compared; min `reconcileEvery`. @defaultValue '1h' */
  readonly fullReconcileEvery?: Duration;
  /** How often dead letters above a limit are removed; min 1 s. @defaultValue '10m' */
  readonly pruneEvery?: Duration;
  /** How often to look for redrive tasks that no process runs; min 50 ms. @defaultValue '1s' */
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

/** @throws OptionError that names the option */
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
