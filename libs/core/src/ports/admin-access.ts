import { LoyalNestError } from '../error/loyalnest.error.js';
import { OptionError } from '../options/option.error.js';

/**
 * What an administrator may do: look at things; change what can be undone; remove for good. Each
 * includes the ones before it.
 */
export const ADMIN_ROLES = ['view', 'operate', 'destroy'] as const;

export type AdminRole = (typeof ADMIN_ROLES)[number];

/** What is looked at of a request. Names of headers are in lower case. */
export interface AdminRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Administrator {
  /** For the log and the audit trail. */
  readonly name: string;
  readonly role: AdminRole;
}

/**
 * Decides who may use admin endpoints. Every admin endpoint of the suite asks it, and none is
 * mounted without one. Injected by this class; security provides one, and so may an application.
 */
export abstract class AdminAccess {
  /**
   * Resolves to who is asking, if that person has the role.
   *
   * @throws {@link AdminAccessError}
   */
  abstract authorize(request: AdminRequest, role: AdminRole): Promise<Administrator>;
}

/** The request may not use an admin endpoint: nobody is known (401), or the role is missing (403). */
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
        : `an admin endpoint was called without a known token; send it as Authorization: Bearer`,
    );
    this.category = category;
  }
}

/** What to do about an endpoint that has nobody to ask. */
export const ADMIN_ACCESS_REMEDY =
  'provide AdminAccess, for example by AdminAccessModule of @loyalnest/security';

/**
 * Gives what an admin endpoint asks.
 *
 * @param option path of the option that mounts the endpoint
 * @param value of that option
 * @throws OptionError if the application provides none: the endpoint would be open to everybody
 */
export function requireAdminAccess(
  access: AdminAccess | undefined,
  option: string,
  value: unknown,
): AdminAccess {
  if (access) return access;
  throw new OptionError(option, value, ADMIN_ACCESS_REMEDY);
}

/** Whether `role` includes what `wanted` needs. */
export function includesRole(role: AdminRole, wanted: AdminRole): boolean {
  return ADMIN_ROLES.indexOf(role) >= ADMIN_ROLES.indexOf(wanted);
}
