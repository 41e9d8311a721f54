import { MASK } from '../../redaction/mask-address.js';
import { secretsInQuery } from '../../redaction/query-secrets.js';
import { isAddressPath, secrecyOfPath } from '../../redaction/secret-path.js';
import { isDevelopmentSecret } from './development-secrets.js';

/** Shorter texts also occur in ordinary sentences. They are masked where their variable is named. */
const MIN_LENGTH = 8;
/** Credentials of an address, except the template in our own remedies. */
const CREDENTIALS = /(:\/\/)(?!role:password@)[^\s/@'"]*@/g;
const URL_PASSWORD = /:\/\/[^/?#@:\s]*:(.+)@/s;

/**
 * Masks the secrets of an environment in any text: the values of variables that are named like a secret,
 * and the passwords in addresses. Boot errors pass through it before they are printed, so that a message
 * cannot show a secret, whoever wrote it.
 */
export class EnvironmentSecrets {
  private readonly known: readonly string[];

  constructor(environment: Readonly<Record<string, unknown>>) {
    const secrets = Object.entries(environment)
      .flatMap(([name, value]) => secretsIn(name, String(value ?? '')))
      .filter((secret) => secret.length >= MIN_LENGTH && !isDevelopmentSecret(secret));
    const forms = secrets.flatMap((secret) => [
      secret,
      encodeURIComponent(secret.toWellFormed()),
      JSON.stringify(secret).slice(1, -1),
    ]);
    // The longest first, because a short secret may be a part of a long one.
    this.known = [...new Set(forms)].sort((a, b) => b.length - a.length);
  }

  /** Returns `text` with its secrets masked. */
  hide(text: string): string {
    const hidden = this.known.reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
    return hidden.replace(CREDENTIALS, `$1${MASK}@`);
  }
}

/**
 * Returns the secrets that a variable contains: the passwords of an address, or each item of a list such
 * as `name:role:token,name:role:token`, as a whole and its last part. None if neither its name nor its
 * value is that of a secret.
 */
export function secretsIn(name: string, value: string): readonly string[] {
  const text = value.trim();
  const password = URL_PASSWORD.exec(text)?.[1];
  const inQuery = secretsInQuery(text);
  if (password !== undefined) return [password, decoded(password), ...inQuery];
  if (inQuery.length > 0) return inQuery;
  if (text === '' || isAddressPath(name) || secrecyOfPath(name) === undefined) return [];
  const items = text.split(',').map((item) => item.trim());
  return [...new Set([text, ...items, ...items.map((item) => item.split(':').at(-1)!)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
