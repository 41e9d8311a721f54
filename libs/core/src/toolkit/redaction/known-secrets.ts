import { MASK } from '../../redaction/mask-address.js';
import { secretsInQuery } from '../../redaction/query-secrets.js';

const PORT = /^\d{0,5}(?:[/?#]|$)/;
const CREDENTIALS = /(:\/\/)[^\s/@'"]*@/g;

/**
 * Masks secrets in any text, such as the output of a command: known secrets anywhere, and the
 * credentials of every address.
 */
export class KnownSecrets {
  private readonly known: readonly string[];

  /**
   * @param addresses addresses with passwords to mask, which may be malformed; several in one text are
   * separated by commas
   */
  constructor(
    addresses: readonly (string | undefined)[],
    passwords: readonly (string | undefined)[] = [],
  ) {
    const found = [
      ...addresses.flatMap((address) => (address ? passwordsIn(address) : [])),
      ...passwords.filter((password) => password !== undefined && password !== ''),
    ] as readonly string[];
    // The longest first, because a short secret may be a part of a long one.
    this.known = [...new Set(found)].sort((a, b) => b.length - a.length);
  }

  /** Returns `text` with its secrets masked. */
  hide(text: string): string {
    const hidden = this.known.reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
    return hidden.replace(CREDENTIALS, `$1${MASK}@`);
  }
}

/**
 * The text between the first colon of the credentials and the last `@` of each address, and the passwords
 * of its query, as they were given and in the forms in which they may be printed.
 */
function passwordsIn(addresses: string): readonly string[] {
  // A comma may also be a part of a password.
  return [addresses, ...addresses.split(',')].flatMap((address) => {
    const found = [passwordIn(address), ...secretsInQuery(address)];
    const forms = [decodeURIComponent, encodeURIComponent, encodeURI, inJson];
    return found.flatMap((password) =>
      password ? [password, ...forms.map((form) => written(password, form))] : [],
    );
  });
}

function passwordIn(address: string): string | undefined {
  const scheme = /:\/\/|\/\//.exec(address);
  const start = scheme ? scheme.index + scheme[0].length : 0;
  const at = address.lastIndexOf('@');
  const colon = address.indexOf(':', start);
  if (at >= start) {
    const hasUser = colon >= 0 && colon < at;
    // Without either it is more likely the e-mail address of a person.
    return hasUser || scheme ? address.slice(hasUser ? colon + 1 : start, at) : undefined;
  }
  // The host was forgotten: `redis://user:password`.
  const hasPort = colon < 0 || address[start] === '[' || PORT.test(address.slice(colon + 1));
  return scheme && !hasPort ? address.slice(colon + 1) : undefined;
}

function written(text: string, form: (text: string) => string): string {
  try {
    return form(text);
  } catch {
    // The text has a % that encodes nothing, or half of a character.
    return text;
  }
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
