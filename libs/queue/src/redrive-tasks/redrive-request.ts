import { durationMs, OptionError, type Duration } from '@loyalnest/core';
import { ratio, wholeNumber } from '@loyalnest/core/toolkit';
import { resolveFilter, type ResolvedFilter } from '../dead-letter/scan/dead-letter-scan.js';
import type { DeadLetterFilter } from '../dead-letter/dead-letter.js';

/** Which dead letters to redrive, how fast, and when to stop. */
export interface RedriveRequest {
  /** Which dead letters to redrive. Later deaths never match. @defaultValue all */
  readonly filter?: DeadLetterFilter;
  /** Name of the operator. */
  readonly by: string;
  /** Jobs per second, above 0 and up to 100000. @defaultValue 50 */
  readonly rate?: number;
  /** Jobs that run first and must succeed; 0 for none. @defaultValue 1 */
  readonly canary?: number;
  /** Max duration of the canary. @defaultValue '2m' */
  readonly canaryTimeout?: Duration;
  /** Stops the task above this share of failures, 0 to 1; 1 never stops it. @defaultValue 0.2 */
  readonly stopAbove?: number;
  /** Min number of outcomes before it may stop; min 1. @defaultValue 20 */
  readonly stopAfter?: number;
  /** Pauses above this number of redriven jobs without an outcome; min 1. @defaultValue 1000 */
  readonly maxUnsettled?: number;
  /** Max time to wait for the last outcomes at the end. @defaultValue '5m' */
  readonly settleTimeout?: Duration;
}

/** A resolved request, as the task stores it. */
export interface RedrivePlan {
  readonly filter: ResolvedFilter;
  readonly by: string;
  readonly rate: number;
  readonly canary: number;
  readonly canaryTimeoutMs: number;
  readonly stopAbove: number;
  readonly stopAfter: number;
  readonly maxUnsettled: number;
  readonly settleTimeoutMs: number;
}

const MAX_MS = 30 * 86_400_000;

/** @throws OptionError that names the field */
export function resolveRedrive(request: RedriveRequest, nowMs: number): RedrivePlan {
  const path = 'redrive';
  const { by, rate = 50 } = request;
  if (!by?.trim()) throw new OptionError(`${path}.by`, by, 'use the name of the operator');
  if (!(typeof rate === 'number' && rate > 0 && rate <= 100_000)) {
    throw new OptionError(`${path}.rate`, rate, 'use jobs per second, above 0 and up to 100000');
  }
  const count = (name: 'canary' | 'stopAfter' | 'maxUnsettled', fallback: number): number =>
    wholeNumber(`${path}.${name}`, request[name] ?? fallback, { min: name === 'canary' ? 0 : 1 });
  const ms = (name: 'canaryTimeout' | 'settleTimeout', fallback: Duration): number =>
    durationMs(`${path}.${name}`, request[name] ?? fallback, { minMs: 1, maxMs: MAX_MS });
  const filter = resolveFilter(request.filter ?? {});
  return {
    // A job that fails again must not be redriven again.
    filter: { ...filter, untilMs: Math.min(filter.untilMs ?? Infinity, nowMs + 1) },
    by,
    rate,
    canary: count('canary', 1),
    canaryTimeoutMs: ms('canaryTimeout', '2m'),
    stopAbove: ratio(`${path}.stopAbove`, request.stopAbove ?? 0.2),
    stopAfter: count('stopAfter', 20),
    maxUnsettled: count('maxUnsettled', 1_000),
    settleTimeoutMs: ms('settleTimeout', '5m'),
  };
}
