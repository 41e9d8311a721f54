const HIDDEN = '***';
const CREDENTIALS = /(:\/\/)[^\s/@'"]*@/g;

/** Takes credentials out of a text: those of any address in it, and the ones that are known. */
export class Secrets {
  private readonly known: readonly string[];

  /** @param addresses as they were given, the malformed ones too */
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
    const hidden = this.known.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
    return hidden.replace(CREDENTIALS, `$1${HIDDEN}@`);
  }
}

/** What stands between the first colon of the credentials and the last @. */
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
