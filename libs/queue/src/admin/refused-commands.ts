import type { AdminAccessError } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import type { Actor, AdminCommand } from './audit-record.js';
import { AuditTrail } from './audit-trail.js';

const NOTE_EVERY_MS = 60_000;
/** Max number of pairs of a person and a command that are remembered. */
const MAX_KNOWN = 1_000;

/** A command that an administrator was not allowed to run. */
export interface RefusedCommand {
  readonly command: AdminCommand;
  readonly queue: string;
  readonly target?: string;
}

/**
 * Records refused commands in the audit trail, at most once a minute for each person and command. The
 * trail is limited: many refusals would push the commands of others out of it.
 */
@Injectable()
export class RefusedCommands {
  private readonly notedAt = new Map<string, number>();

  constructor(private readonly trail: AuditTrail) {}

  /** Never rejects: the command is refused even if the trail cannot be written. */
  async note(actor: Actor, refused: RefusedCommand, error: AdminAccessError): Promise<void> {
    const now = performance.now();
    const key = JSON.stringify([actor.by, refused.command]);
    const last = this.notedAt.get(key);
    if (last !== undefined && now - last < NOTE_EVERY_MS) return;
    if (this.notedAt.size >= MAX_KNOWN) this.notedAt.clear();
    this.notedAt.set(key, now);
    const refuse = (): Promise<never> => Promise.reject(error);
    await this.trail.record({ ...actor, ...refused }, refuse).catch(() => undefined);
  }
}
