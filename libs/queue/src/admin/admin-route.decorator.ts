import type { AdminRole } from '@loyalnest/core';
import { SetMetadata, type Type } from '@nestjs/common';
import type { AnswerName } from './answer-schemas.js';
import type { AdminCommand } from './audit-record.js';

const ADMIN_ROUTE = Symbol('loyalnest:queue:admin-route');

/** What a route of the admin API is; its guard and its documentation read it. */
export interface AdminRouteOptions {
  /** Role that it asks for. */
  readonly role: AdminRole;
  readonly summary: string;
  readonly description?: string;
  /** Class with the rules of the query. */
  readonly query?: Type<object>;
  /** Class with the rules of the body. */
  readonly body?: Type<object>;
  readonly answer: AnswerName;
  /** What it does to a queue; an administrator who may not is noted in the audit trail. */
  readonly command?: AdminCommand;
  /** Statuses of problem details beside 400, 401, 403 and 503. */
  readonly problems?: readonly (404 | 409 | 413)[];
}

/** Guards a route with a role, and documents it. A route without it answers nobody. */
export const AdminRoute = (options: AdminRouteOptions): MethodDecorator =>
  SetMetadata(ADMIN_ROUTE, options);

export function adminRouteOf(handler: object): AdminRouteOptions | undefined {
  return Reflect.getMetadata(ADMIN_ROUTE, handler) as AdminRouteOptions | undefined;
}
