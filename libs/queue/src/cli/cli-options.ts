import { OptionError } from '@loyalnest/core';
import { userInfo } from 'node:os';
import {
  DEAD_LETTER_REASONS,
  type DeadLetterFilter,
  type DeadLetterReason,
} from '../dead-letter/dead-letter.js';
import type { Actor } from '../admin/audit-record.js';
import { timeOf } from './human-time.js';

export interface FilterFlags {
  readonly reason?: string;
  readonly group?: string;
  readonly name?: string;
  readonly merchant?: string;
  readonly after?: string;
  readonly before?: string;
}

/** @throws OptionError naming the option */
export function filterOf(flags: FilterFlags, nowMs: number): DeadLetterFilter {
  const { reason, group, name, merchant, after, before } = flags;
  if (reason !== undefined && !DEAD_LETTER_REASONS.includes(reason as DeadLetterReason)) {
    throw new OptionError('--reason', reason, `use one of ${DEAD_LETTER_REASONS.join(', ')}`);
  }
  return {
    ...(reason !== undefined && { reason: reason as DeadLetterReason }),
    ...(group !== undefined && { group }),
    ...(name !== undefined && { name }),
    ...(merchant !== undefined && { merchant }),
    ...(after !== undefined && { failedAfter: timeOf('--after', after, nowMs) }),
    ...(before !== undefined && { failedBefore: timeOf('--before', before, nowMs) }),
  };
}

/** @throws OptionError naming the option */
export function numberOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw new OptionError(option, value, 'use a number');
}

/** Who is noted as the one who asked: the user of the machine unless told otherwise. */
export function actorOf(by: string | undefined): Actor {
  const name = by ?? systemUser();
  if (name.trim() === '') throw new OptionError('--by', by, 'say who asks');
  return { by: name, source: 'cli' };
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return process.getuid ? `uid-${process.getuid()}` : 'unknown';
  }
}
