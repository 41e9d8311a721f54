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
 * Authenticates administrators by bearer tokens (RFC 6750). It keeps only digests of the tokens. The
 * duration of a check reveals neither which token matches nor how much of it.
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
        `no admin tokens are set; '${DEVELOPMENT_TOKEN.token}' has full access`,
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

/** Digests have equal lengths, which `timingSafeEqual` requires. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
