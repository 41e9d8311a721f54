import { isLoyalNestError } from '../../error/loyalnest.error.js';
import type { AuditedCommand, CommandOutcome } from './audit-entry.js';
import { writeAudit } from './audit-sinks.js';
import { CommandNotAuditedError } from './command-not-audited.error.js';

const REFUSALS: readonly string[] = ['invalid', 'not-found', 'conflict', 'forbidden'];

/**
 * Runs a command of an operator: writes who is about to do what, runs it, and writes the outcome. A
 * command whose first entry cannot be written does not run, so no command is missing.
 *
 * @throws CommandNotAuditedError, or what the command throws
 */
export async function audited<T>(
  command: AuditedCommand,
  carryOut: () => T | Promise<T>,
): Promise<T> {
  noteIntent(command);
  try {
    const result = await carryOut();
    noteOutcome(command, 'done');
    return result;
  } catch (error) {
    const known = isLoyalNestError(error);
    noteOutcome(
      command,
      known && REFUSALS.includes(error.category) ? 'refused' : 'failed',
      known ? error.code : 'INTERNAL',
    );
    throw error;
  }
}

/**
 * Writes the first entry of a command, for code that reports the outcome in another way.
 *
 * @throws CommandNotAuditedError if it cannot be written; do not run the command
 */
export function noteIntent(command: AuditedCommand): void {
  try {
    writeAudit({ ...command, phase: 'intent' });
  } catch (error) {
    throw new CommandNotAuditedError(command.command, command.target, error);
  }
}

/** The command has already run, so a failure to write its outcome is ignored. */
function noteOutcome(command: AuditedCommand, outcome: CommandOutcome, error?: string): void {
  try {
    writeAudit({ ...command, phase: 'outcome', outcome, ...(error !== undefined && { error }) });
  } catch {
    // The intent is written.
  }
}
