import type { AdminRole } from '@loyalnest/core';

/** What an operator can do to queues and dead letters. */
export type AdminCommand =
  | 'pause'
  | 'resume'
  | 'redrive'
  | 'edit'
  | 'discard'
  | 'restore'
  | 'start-redrive'
  | 'cancel-redrive'
  | 'show-payload';

/** Who runs a command, and from where. */
export interface Actor {
  readonly by: string;
  readonly source: 'http' | 'cli';
  /** Role of the administrator. The command line has no roles. */
  readonly role?: AdminRole;
}

/** A command that an actor is about to run. */
export interface AuditIntent extends Actor {
  readonly command: AdminCommand;
  readonly queue: string;
  /** Id of the dead letter or the redrive task. */
  readonly target?: string;
  /** Which dead letters a redrive task selects. */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** Why the actor discards a dead letter. */
  readonly reason?: string;
}

/**
 * `done`: it succeeded. `refused`: nothing was changed. `failed`: an error occurred, but the command
 * may have taken effect. `unknown`: no outcome was written, because the process ended or Redis became
 * unavailable during the command.
 */
export type AuditOutcome = 'done' | 'refused' | 'failed' | 'unknown';

export interface AuditResult {
  readonly outcome: AuditOutcome;
  /** Code of the error. */
  readonly error?: string;
  /** Id of what the command created, such as a redrive task. */
  readonly made?: string;
}

/** One command in the audit trail. */
export interface AuditRecord extends AuditIntent, AuditResult {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditRecord[];
  /** Cursor of the next page; missing on the last page. */
  readonly cursor?: string;
}
