import { LoyalNestError } from '../error/loyalnest.error.js';
import { OptionError } from '../options/option.error.js';

/**
 * What an administrator may do: `view` only reads, `operate` makes changes that can be undone, `destroy`
 * deletes. Each role includes the ones before it.
 */
export const ADMIN_ROLES = ['view', 'operate', 'destroy'] as const;

/** `view` only reads, `operate` makes changes that can be undone, `destroy` deletes. */
export type AdminRole = (typeof ADMIN_ROLES)[number];

/** The part of a request that {@link AdminAccess} reads. Header names are in lower case. */
export interface AdminRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A known administrator. */
export interface Administrator {
  /** Name in the log and the audit trail. */
  readonly name: string;
  readonly role: AdminRole;
}

/**
 * Decides who may use admin endpoints. Every admin endpoint of the suite asks it, and no endpoint is
 * mounted without it. This class is the injection token. `@loyalnest/security` provides an
 * implementation; your application may provide another.
 */
export abstract class AdminAccess {
  /**
   * Resolves to the administrator who sent the request, if that person has the role.
   *
   * @throws {@link AdminAccessError}
   */
  abstract authorize(request: AdminRequest, role: AdminRole): Promise<Administrator>;
}

/** The request may not use an admin endpoint: its sender is unknown (401) or lacks the role (403). */
export class AdminAccessError extends LoyalNestError {
  readonly code = 'ADMIN_ACCESS';
  readonly category: 'unauthenticated' | 'forbidden';
  readonly retryable = false;

  constructor(
    category: 'unauthenticated' | 'forbidden',
    readonly role: AdminRole,
  ) {
    super(
      category === 'forbidden'
        ? `the administrator may not ${role}; ask for a token with that role`
        : 'the request has no known admin token; send one as Authorization: Bearer',
    );
    this.category = category;
  }
}

/** What to do about an admin endpoint in an application that provides no {@link AdminAccess}. */
export const ADMIN_ACCESS_REMEDY =
  'provide AdminAccess, for example with AdminAccessModule of @loyalnest/security';

/**
 * Returns `access`, which an admin endpoint asks for permission.
 *
 * @param option path of the option that mounts the endpoint
 * @param value value of that option
 * @throws OptionError if the application provides none, as the endpoint would be open to everyone
 */
export function requireAdminAccess(
  access: AdminAccess | undefined,
  option: string,
  value: unknown,
): AdminAccess {
  if (access) return access;
  throw new OptionError(option, value, ADMIN_ACCESS_REMEDY);
}

/** Returns whether `role` includes `wanted`. */
export function includesRole(role: AdminRole, wanted: AdminRole): boolean {
  return ADMIN_ROLES.indexOf(role) >= ADMIN_ROLES.indexOf(wanted);
}
