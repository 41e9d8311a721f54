import {
  requireAdminAccess,
  type AdminAccess,
  type Administrator,
  type AdminRequest,
  type AdminRole,
} from '../../ports/admin-access.js';
import type { AuditedCommand } from './audit-entry.js';
import { audited } from './audited.js';

/** What a command is, without who gives it, which the gate finds out. */
export type GatedCommand = Omit<AuditedCommand, 'by' | 'role' | 'source'>;

/**
 * The only way from an admin endpoint to what it does. Reading needs the role `view`. Everything else is
 * a command: the gate asks for the role and writes the audit entries, so that an endpoint cannot forget
 * them.
 */
export class AdminGate {
  private readonly access: AdminAccess;

  /**
   * @param option path of the option that mounts the endpoint
   * @throws OptionError if the application provides no AdminAccess
   */
  constructor(access: AdminAccess | undefined, option: string) {
    this.access = requireAdminAccess(access, option, true);
  }

  /** @throws AdminAccessError */
  view(request: AdminRequest): Promise<Administrator> {
    return this.access.authorize(request, 'view');
  }

  /**
   * Runs a command in the name of the administrator who sent the request, if the role allows it.
   *
   * @throws AdminAccessError, CommandNotAuditedError, or what the command throws
   */
  async command<T>(
    request: AdminRequest,
    role: Exclude<AdminRole, 'view'>,
    command: GatedCommand,
    carryOut: (by: Administrator) => T | Promise<T>,
  ): Promise<T> {
    const administrator = await this.access.authorize(request, role);
    const { name: by } = administrator;
    return audited({ ...command, by, role: administrator.role, source: 'http' }, () =>
      carryOut(administrator),
    );
  }
}
