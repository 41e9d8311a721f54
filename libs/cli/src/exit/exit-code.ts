import { isLoyalNestError } from '@loyalnest/core';
import { isRedisOutage } from '@loyalnest/queue/operator';
import { CommanderError } from 'commander';
import { InterruptedError } from './interrupted.error.js';

/** The exit codes of the command line. */
export const EXIT = {
  ok: 0,
  /** The doctor found a problem, a redrive was stopped, something was not found, or a bug occurred. */
  failed: 1,
  /** The command line or one of its values is wrong; nothing was changed. */
  usage: 2,
  /** Redis cannot be reached or does not answer. */
  unreachable: 3,
  /** Another operator is changing it right now, or it has changed since; look again. */
  conflict: 4,
  /** Ctrl-C, or a question that was not confirmed. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit codes as `loyalnest --help` prints them. */
export const EXIT_CODE_HELP = `
Exit codes:
  0    done
  1    failed, not found, or the doctor found a problem
  2    wrong usage; nothing was changed
  3    Redis is unavailable
  4    another operator is changing it right now, or it has changed since
  130  interrupted, or not confirmed
`;

/** The exit code for what a command threw. */
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
