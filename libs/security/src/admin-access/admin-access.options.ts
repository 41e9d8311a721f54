import { OptionError, type AdminRole } from '@loyalnest/core';
import {
  ADMIN_ROLES,
  DEVELOPMENT_SECRETS,
  isProduction,
  SECRET_REMEDY,
  secretWeakness,
} from '@loyalnest/core/toolkit';

/** A token and the role of its holder. */
export interface AdminToken {
  /** Name of the holder, for the log and the audit trail. */
  readonly name: string;
  readonly role: AdminRole;
  /** At least 16 characters; in production also random, and no development secret. */
  readonly token: string;
}

export interface AdminAccessModuleOptions {
  /**
   * The accepted tokens: a list, or text such as `ada:operate:TOKEN,grafana:view:TOKEN` from an
   * environment variable. Without tokens, the service refuses to boot in production, and elsewhere
   * `dev-only-admin-token` has full access.
   */
  readonly tokens?: readonly AdminToken[] | string;
}

export const DEVELOPMENT_TOKEN: AdminToken = {
  name: 'development',
  role: 'destroy',
  token: DEVELOPMENT_SECRETS.adminToken,
};

const PATH = 'AdminAccessModule.tokens';
const MIN_LENGTH = 16;

export function resolveAdminTokens(
  { tokens = [] }: AdminAccessModuleOptions,
  environment: NodeJS.ProcessEnv = process.env,
): readonly AdminToken[] {
  const given = typeof tokens === 'string' ? parse(tokens) : tokens;
  if (given.length === 0) {
    if (!isProduction(environment)) return [DEVELOPMENT_TOKEN];
    throw new OptionError(PATH, tokens, 'set at least one in production, as name:role:token');
  }
  given.forEach((token, index) => check(token, index, isProduction(environment)));
  return given;
}

function parse(text: string): AdminToken[] {
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  return entries.map((entry) => {
    const [name = '', role = '', ...token] = entry.trim().split(':');
    return { name, role: role as AdminRole, token: token.join(':') };
  });
}

function check({ name, role, token }: AdminToken, index: number, isStrict: boolean): void {
  const path = `${PATH}[${index}]`;
  if (!name) throw new OptionError(`${path}.name`, name, 'name its holder: name:role:token');
  if (!ADMIN_ROLES.includes(role)) {
    throw new OptionError(`${path}.role`, role, `use one of ${ADMIN_ROLES.join(', ')}`);
  }
  const weakness = isStrict ? secretWeakness(token) : tooShort(token);
  if (weakness) {
    throw new OptionError(`${path}.token`, token, `it ${weakness}; ${SECRET_REMEDY}`);
  }
}

function tooShort({ length }: string): string | undefined {
  return length < MIN_LENGTH ? `has ${length} characters; use at least ${MIN_LENGTH}` : undefined;
}
