import { OptionError } from '@loyalnest/core';
import type { DeadLetterDetails, DeadLetterFilter } from '../dead-letter/dead-letter.js';
import type { DeadLetters } from '../dead-letter/dead-letters.js';
import type { RedriveEngine } from '../redrive-tasks/redrive-engine.js';
import type { RedriveRequest } from '../redrive-tasks/redrive-request.js';
import type { RedriveTask } from '../redrive-tasks/redrive-task.js';
import type { Actor, AdminCommand, AuditIntent } from './audit-record.js';
import type { AuditTrail } from './audit-trail.js';

/** The parts of one queue that the admin commands need. */
export interface QueueAdmin {
  readonly letters: DeadLetters;
  readonly redrives: RedriveEngine;
  /** Stores a redrive task. In a service it also starts to run the task. */
  startRedrive(request: RedriveRequest): Promise<RedriveTask>;
}

export interface BulkRedrive extends Omit<RedriveRequest, 'by'> {
  /** Must be true if the filter is empty. @defaultValue false */
  readonly all?: boolean;
}

/** The commands that HTTP and the command line share. The audit trail records each of them. */
export class AdminCommands {
  constructor(private readonly audit: AuditTrail) {}

  /** Stops all workers from taking jobs of the queue. Running jobs continue. */
  pause({ letters }: QueueAdmin, actor: Actor): Promise<void> {
    const { bull } = letters.source;
    return this.audited(actor, 'pause', bull.name, {}, () => bull.pause());
  }

  resume({ letters }: QueueAdmin, actor: Actor): Promise<void> {
    const { bull } = letters.source;
    return this.audited(actor, 'resume', bull.name, {}, () => bull.resume());
  }

  /** @throws DeadLetterNotFoundError, DeadLetterBusyError */
  redrive({ letters }: QueueAdmin, actor: Actor, id: string): Promise<void> {
    return this.audited(actor, 'redrive', queueOf(letters), { target: id }, () =>
      letters.redrive(id, actor.by),
    );
  }

  /** @throws as `DeadLetters.editAndRedrive` does */
  edit(
    { letters }: QueueAdmin,
    actor: Actor,
    id: string,
    edit: { readonly payload: unknown; readonly revision: string },
  ): Promise<void> {
    return this.audited(actor, 'edit', queueOf(letters), { target: id }, () =>
      letters.editAndRedrive(id, { ...edit, by: actor.by }),
    );
  }

  /** @throws OptionError without a reason, DeadLetterNotFoundError, DeadLetterBusyError */
  discard({ letters }: QueueAdmin, actor: Actor, id: string, reason: string): Promise<void> {
    return this.audited(actor, 'discard', queueOf(letters), { target: id, reason }, () =>
      letters.discard(id, { by: actor.by, reason }),
    );
  }

  /** @throws DeadLetterNotFoundError, DeadLetterBusyError */
  restore({ letters }: QueueAdmin, actor: Actor, id: string): Promise<void> {
    return this.audited(actor, 'restore', queueOf(letters), { target: id }, () =>
      letters.restore(id, actor.by),
    );
  }

  /**
   * Starts a redrive task.
   *
   * @throws OptionError for an empty filter without `all`, or an invalid request
   * @throws RedriveTaskActiveError if the queue has one already
   */
  startRedrive(admin: QueueAdmin, actor: Actor, bulk: BulkRedrive): Promise<RedriveTask> {
    const { all = false, filter = {}, ...request } = bulk;
    requireFilter(filter, all);
    return this.audited(
      actor,
      'start-redrive',
      queueOf(admin.letters),
      { filter: { ...filter } },
      () => admin.startRedrive({ ...request, filter, by: actor.by }),
      ({ id }) => id,
    );
  }

  /** @throws RedriveTaskNotFoundError */
  cancelRedrive({ letters, redrives }: QueueAdmin, actor: Actor, id: string): Promise<RedriveTask> {
    return this.audited(actor, 'cancel-redrive', queueOf(letters), { target: id }, () =>
      redrives.cancel(id, actor.by),
    );
  }

  /** Reads a dead letter with its payload. It may be personal data, so the audit trail records who saw it. */
  showPayload({ letters }: QueueAdmin, actor: Actor, id: string): Promise<DeadLetterDetails> {
    return this.audited(actor, 'show-payload', queueOf(letters), { target: id }, () =>
      letters.get(id),
    );
  }

  private audited<T>(
    { by, source, role }: Actor,
    command: AdminCommand,
    queue: string,
    what: Pick<AuditIntent, 'target' | 'filter' | 'reason'>,
    carryOut: () => Promise<T>,
    madeBy?: (result: T) => string,
  ): Promise<T> {
    const actor = { by, source, ...(role && { role }) };
    return this.audit.record({ ...actor, command, queue, ...what }, carryOut, madeBy);
  }
}

/** Refuses an empty filter without `all`: it may have been forgotten. @throws OptionError */
export function requireFilter(filter: DeadLetterFilter, all: boolean): void {
  const isEmpty = Object.values(filter).every((value) => value === undefined);
  if (!isEmpty || all) return;
  throw new OptionError('redrive.filter', 'none', 'pass a filter, or `all` for every dead letter');
}

function queueOf(letters: DeadLetters): string {
  return letters.source.bull.name;
}
