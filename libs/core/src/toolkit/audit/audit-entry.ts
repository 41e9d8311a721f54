import type { AdminRole } from '../../ports/admin-access.js';

/** A command that an operator gives. */
export interface AuditedCommand {
  /** `force-open`, `log-level`. */
  readonly command: string;
  /** Who gives it. */
  readonly by: string;
  readonly role?: AdminRole;
  /** Where it comes from: a request, or another instance that passed it on. */
  readonly source: 'http' | 'broadcast' | 'code';
  /** What it changes: `circuit sms`. */
  readonly target: string;
  /** Why it is given. */
  readonly reason?: string;
  /** Details of the command, such as the new level. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** `applicationId` of Nest's `ModulesContainer`. @defaultValue every application of the process */
  readonly app?: string;
}

/**
 * `done`: it succeeded. `refused`: nothing was changed. `failed`: an error occurred, but the command may
 * have taken effect.
 */
export type CommandOutcome = 'done' | 'refused' | 'failed';

/** What is written before a command runs (`intent`) and after it (`outcome`). */
export interface AuditEntry extends AuditedCommand {
  readonly phase: 'intent' | 'outcome';
  readonly outcome?: CommandOutcome;
  /** Code of the error. */
  readonly error?: string;
}
