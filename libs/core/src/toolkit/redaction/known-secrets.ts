import { MASK } from '../../redaction/mask-address.js';

const CREDENTIALS = /(:\/\/)[^\s/@'"]*@/g;

/**
 * Takes secrets out of any text, such as the output of a command: those that are known, wherever
 * they stand, and the credentials of every address.
 */
export class KnownSecrets {
  private readonly known: readonly string[];

  /** @param addresses as they were given; malformed ones too */
  constructor(
    addresses: readonly (string | undefined)[],
    passwords: readonly (string | undefined)[] = [],
  ) {
    const found = [
      ...addresses.flatMap((address) => (address ? passwordsIn(address) : [])),
      ...passwords.filter((password) => password !== undefined && password !== ''),
    ] as readonly string[];
    // The longest first: a short one may be a part of it.
    this.known = [...new Set(found)].sort((a, b) => b.length - a.length);
  }

  hide(text: string): string {
    const hidden = this.known.reduce((shown, secret) => shown.replaceAll(secret, MASK), text);
    return hidden.replace(CREDENTIALS, `$1${MASK}@`);
  }
}

/** The text between the first colon of the credentials and the last @ of each address. */
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
