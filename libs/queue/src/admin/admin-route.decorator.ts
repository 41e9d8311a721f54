import type { AdminRole } from '@loyalnest/core';
import { SetMetadata, type Type } from '@nestjs/common';
import type { AnswerName } from './answer-schemas.js';
import type { AdminCommand } from './audit-record.js';

const ADMIN_ROUTE = Symbol('loyalnest:queue:admin-route');

/** Describes a route of the admin API to its guard and its documentation. */
export type AdminRouteOptions = RouteDescription & (Reading | Changing);

interface Reading {
  /** Role that the caller needs. */
  readonly role: 'view';
  readonly command?: undefined;
}

/** Every route that changes something names its command, which the audit trail records. */
interface Changing {
  readonly role: Exclude<AdminRole, 'view'>;
  /** What it does to a queue. If an administrator lacks the role, the audit trail records that. */
  readonly command: AdminCommand;
}

interface RouteDescription {
  readonly summary: string;
  readonly description?: string;
  /** Class that validates the query. */
  readonly query?: Type<object>;
  /** Class that validates the body. */
  readonly body?: Type<object>;
  readonly answer: AnswerName;
  /** Statuses of problem details in addition to 400, 401, 403 and 503. */
  readonly problems?: readonly (404 | 409 | 413)[];
}

/** Guards a route with a role, and documents it. A route without this decorator refuses everybody. */
export const AdminRoute = (options: AdminRouteOptions): MethodDecorator =>
  SetMetadata(ADMIN_ROUTE, options);

export function adminRouteOf(handler: object): AdminRouteOptions | undefined {
  return Reflect.getMetadata(ADMIN_ROUTE, handler) as AdminRouteOptions | undefined;
}
