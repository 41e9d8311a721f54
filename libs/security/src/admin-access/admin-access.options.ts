import { OptionError, type AdminRole } from '@loyalnest/core';
import { ADMIN_ROLES } from '@loyalnest/core/toolkit';

/** A token and what its holder may do. */
export interface AdminToken {
  /** Who holds it, for the log and the audit trail. */
  readonly name: string;
  readonly role: AdminRole;
  /** At least 16 characters. */
  readonly token: string;
}

export interface AdminAccessModuleOptions {
  /**
   * The known tokens: a list, or a text such as `ada:operate:TOKEN,grafana:view:TOKEN` from a
   * variable. Without any, production refuses to boot, and elsewhere `dev-only-admin-token` may do
   * everything.
   */
  readonly tokens?: readonly AdminToken[] | string;
}

export const DEVELOPMENT_TOKEN: AdminToken = {
  name: 'development',
  role: 'destroy',
  token: 'dev-only-admin-token',
};

const PATH = 'AdminAccessModule.tokens';
const SHORTEST = 16;

export function resolveAdminTokens(
  { tokens = [] }: AdminAccessModuleOptions,
  environment: NodeJS.ProcessEnv = process.env,
): readonly AdminToken[] {
  const given = typeof tokens === 'string' ? parse(tokens) : tokens;
  if (given.length === 0) {
    if (environment['NODE_ENV'] !== 'production') return [DEVELOPMENT_TOKEN];
    throw new OptionError(PATH, tokens, 'in production name at least one, as name:role:token');
  }
  given.forEach(check);
  return given;
}

function parse(text: string): AdminToken[] {
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  return entries.map((entry) => {
    const [name = '', role = '', ...token] = entry.trim().split(':');
    return { name, role: role as AdminRole, token: token.join(':') };
  });
}

function check({ name, role, token }: AdminToken, index: number): void {
  const path = `${PATH}[${index}]`;
  if (!name) throw new OptionError(`${path}.name`, name, 'say who holds it: name:role:token');
  if (!ADMIN_ROLES.includes(role)) {
    throw new OptionError(`${path}.role`, role, `use one of ${ADMIN_ROLES.join(', ')}`);
  }
  if (token.length < SHORTEST) {
    const remedy = `it has ${token.length} characters; use at least ${SHORTEST} random ones`;
    throw new OptionError(`${path}.token`, token, remedy);
  }
}
