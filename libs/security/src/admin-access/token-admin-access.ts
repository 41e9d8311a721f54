import {
  AdminAccess,
  AdminAccessError,
  type Administrator,
  type AdminRequest,
  type AdminRole,
} from '@loyalnest/core';
import { includesRole } from '@loyalnest/core/toolkit';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { MODULE_OPTIONS_TOKEN } from './admin-access.module-definition.js';
import {
  DEVELOPMENT_TOKEN,
  resolveAdminTokens,
  type AdminAccessModuleOptions,
} from './admin-access.options.js';

interface KnownToken extends Administrator {
  readonly digest: Buffer;
}

/**
 * Knows administrators by bearer tokens (RFC 6750). Only digests are kept, and the time a check
 * takes tells neither which token is right nor how much of one.
 */
@Injectable()
export class TokenAdminAccess extends AdminAccess {
  private readonly known: readonly KnownToken[];

  constructor(@Inject(MODULE_OPTIONS_TOKEN) options: AdminAccessModuleOptions) {
    super();
    const tokens = resolveAdminTokens(options);
    this.known = tokens.map(({ name, role, token }) => ({ name, role, digest: digest(token) }));
    if (tokens.includes(DEVELOPMENT_TOKEN)) {
      new Logger('AdminAccess').warn(
        `no admin tokens are set; '${DEVELOPMENT_TOKEN.token}' may do everything`,
      );
    }
  }

  async authorize({ headers }: AdminRequest, role: AdminRole): Promise<Administrator> {
    const given = digest(bearerToken(headers['authorization']));
    let found: KnownToken | undefined;
    for (const known of this.known) {
      if (timingSafeEqual(known.digest, given)) found = known;
    }
    if (!found) throw new AdminAccessError('unauthenticated', role);
    if (!includesRole(found.role, role)) throw new AdminAccessError('forbidden', role);
    return { name: found.name, role: found.role };
  }
}

function bearerToken(header: string | string[] | undefined): string {
  const match = typeof header === 'string' ? /^Bearer +(\S+)$/i.exec(header) : null;
  return match?.[1] ?? '';
}

/** Equal lengths, whatever was sent. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
