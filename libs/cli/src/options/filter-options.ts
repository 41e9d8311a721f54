import { OptionError } from '@loyalnest/core';
import {
  DEAD_LETTER_REASONS,
  type DeadLetterFilter,
  type DeadLetterReason,
} from '@loyalnest/queue/operator';
import type { Command } from 'commander';
import { timeOf } from './time-option.js';

export interface FilterFlags {
  readonly reason?: string;
  readonly group?: string;
  readonly name?: string;
  readonly merchant?: string;
  readonly after?: string;
  readonly before?: string;
}

/** Adds the options that select dead letters. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--reason <reason>', `why the job died: ${DEAD_LETTER_REASONS.join(', ')}`)
    .option('--group <fingerprint>', 'fingerprint of the cause group')
    .option('--name <job>', 'name of the job')
    .option('--merchant <id>', 'merchant of the job')
    .option('--after <time>', 'died at this time or later: ISO 8601, or an age such as 2h')
    .option('--before <time>', 'died before this time');
}

/** @throws OptionError that names the option */
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
