import type { AdminAccessError } from '@loyalnest/core';
import { Injectable } from '@nestjs/common';
import type { Actor, AdminCommand } from './audit-record.js';
import { AuditTrail } from './audit-trail.js';

const NOTE_EVERY_MS = 60_000;
/** People and commands that are kept in mind. */
const MAX_KNOWN = 1_000;

/** What a route says about the command behind it. */
export interface RefusedCommand {
  readonly command: AdminCommand;
  readonly queue: string;
  readonly target?: string;
}

/**
 * Notes who tried what they may not. Once a minute for a person and a command: the trail has an end,
 * and nobody can push the commands of others out of it by being refused.
 */
@Injectable()
export class RefusedCommands {
  private readonly notedAt = new Map<string, number>();

  constructor(private readonly trail: AuditTrail) {}

  /** Never rejects: the command is refused whether or not that can be written. */
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
