import { isLoyalNestError } from '@loyalnest/core';
import { CommanderError } from 'commander';
import { isRedisOutage } from '../admin/redis-outage.js';
import { InterruptedError } from './interrupted.error.js';

/** What the command line ends with. */
export const EXIT = {
  ok: 0,
  /** The doctor found something, a redrive was stopped, something is not there, or it broke. */
  failed: 1,
  /** The command line or a value in it is wrong; nothing was done. */
  usage: 2,
  /** Redis cannot be reached or does not answer. */
  unreachable: 3,
  /** Somebody else is at it, or it has changed meanwhile; look again. */
  conflict: 4,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof InterruptedError) return EXIT.interrupted;
  if (isRedisOutage(error)) return EXIT.unreachable;
  if (!isLoyalNestError(error)) return EXIT.failed;
  switch (error.category) {
    case 'invalid':
      return EXIT.usage;
    case 'unavailable':
    case 'timeout':
      return EXIT.unreachable;
    case 'conflict':
      return EXIT.conflict;
    default:
      return EXIT.failed;
  }
}
