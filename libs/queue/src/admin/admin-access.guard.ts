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

/** Who asks, as {@link AdminAccessGuard} has found out. */
export const Administrator = createParamDecorator((_data, context): Actor => {
  const { name, role } = administrators.get(context.switchToHttp().getRequest<object>())!;
  return { by: name, role, source: 'http' };
});

/** Asks AdminAccess before every route. Without one the application does not boot. */
@Injectable()
export class AdminAccessGuard implements CanActivate {
  private readonly access: AdminAccess;

  constructor(
    connection: QueueConnection,
    private readonly refused: RefusedCommands,
    @Optional() @Inject(AdminAccess) access?: AdminAccess,
  ) {
    // A boot that fails must not be kept alive by a connection.
    if (!access) connection.close();
    this.access = requireAdminAccess(access, 'QueueAdminModule', 'no AdminAccess');
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = adminRouteOf(context.getHandler());
    // A route that names no role is a mistake, and no way in.
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

  /** Only of somebody who is known: the trail is no place for what strangers send. */
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
