import { MASK } from '../../redaction/mask-address.js';

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

/** Returns the text between the first colon of the credentials and the last @ of each address. */
function passwordsIn(addresses: string): readonly string[] {
  return addresses.split(',').flatMap((address) => {
    const at = address.lastIndexOf('@');
    if (at < 0) return [];
    const credentials = address.slice(0, at).replace(/^[a-z]*:?\/{0,2}/i, '');
    const password = credentials.slice(credentials.indexOf(':') + 1);
    return [password, decoded(password)].filter((secret) => secret !== '');
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
