import type { AdminRole } from '@loyalnest/core';

/** What people can do to queues and dead letters. */
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

/** Who asks, and by which way. */
export interface Actor {
  readonly by: string;
  readonly source: 'http' | 'cli';
  /** What the administrator may do; a command line has no roles. */
  readonly role?: AdminRole;
}

/** What somebody is about to do. */
export interface AuditIntent extends Actor {
  readonly command: AdminCommand;
  readonly queue: string;
  /** Id of the dead letter or the redrive task. */
  readonly target?: string;
  /** Which dead letters a redrive task means. */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** Why, in the words of who asked. */
  readonly reason?: string;
}

/**
 * `done`. `refused`: nothing was changed. `failed`: something broke, and it may have been done all
 * the same. `unknown`: no outcome was written, as the process ended or Redis went away in between.
 */
export type AuditOutcome = 'done' | 'refused' | 'failed' | 'unknown';

export interface AuditResult {
  readonly outcome: AuditOutcome;
  /** Code of the error. */
  readonly error?: string;
  /** Id of what the command made, such as a redrive task. */
  readonly made?: string;
}

/** One command as the audit trail has it. */
export interface AuditRecord extends AuditIntent, AuditResult {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface AuditPage {
  /** The newest first. */
  readonly entries: readonly AuditRecord[];
  /** Pass it to get the next page; missing at the end. */
  readonly cursor?: string;
}
