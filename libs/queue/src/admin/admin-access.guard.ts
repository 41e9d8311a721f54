import {
  AdminAccess,
  AdminAccessError,
  type Administrator as Person,
  type AdminRequest,
} from '@loyalnest/core';
import { requireAdminAccess } from '@loyalnest/core/toolkit';
import {
  createParamDecorator,
  Inject,
  Injectable,
  Optional,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';
import { adminRouteOf, type AdminRouteOptions } from './admin-route.decorator.js';
import type { Actor } from './audit-record.js';
import { RefusedCommands } from './refused-commands.js';

interface QueueRequest extends AdminRequest {
  readonly params?: Readonly<Partial<Record<'queue' | 'id' | 'taskId', string>>>;
}

const administrators = new WeakMap<object, Person>();

/** The administrator who sent the request. {@link AdminAccessGuard} finds it out. */
export const Administrator = createParamDecorator((_data, context): Actor => {
  const { name, role } = administrators.get(context.switchToHttp().getRequest<object>())!;
  return { by: name, role, source: 'http' };
});

/** Asks AdminAccess before every route. Without an AdminAccess, the application does not boot. */
@Injectable()
export class AdminAccessGuard implements CanActivate {
  private readonly access: AdminAccess;

  constructor(
    connection: QueueConnection,
    private readonly refused: RefusedCommands,
    @Optional() @Inject(AdminAccess) access?: AdminAccess,
  ) {
    // An open connection would keep the process alive after the failed boot.
    if (!access) connection.close();
    this.access = requireAdminAccess(access, 'QueueAdminModule', 'no AdminAccess');
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = adminRouteOf(context.getHandler());
    // A route without a role is a mistake; it must not be open to everybody.
    if (!route) throw new AdminAccessError('forbidden', 'destroy');
    const request = context.switchToHttp().getRequest<QueueRequest>();
    try {
      administrators.set(request, await this.access.authorize(request, route.role));
      return true;
    } catch (error) {
      await this.noteRefusal(request, route, error);
      throw error;
    }
  }

  /** Records known administrators only: strangers must not be able to write to the audit trail. */
  private async noteRefusal(
    request: QueueRequest,
    { command }: AdminRouteOptions,
    error: unknown,
  ): Promise<void> {
    if (!command || !(error instanceof AdminAccessError) || error.category !== 'forbidden') return;
    const known = await this.access.authorize(request, 'view').catch(() => undefined);
    const { queue, id, taskId } = request.params ?? {};
    if (!known || queue === undefined) return;
    const target = id ?? taskId;
    const refused = { command, queue, ...(target !== undefined && { target }) };
    await this.refused.note({ by: known.name, role: known.role, source: 'http' }, refused, error);
  }
}
