/** A name that contains one of these is secret. Case, hyphens, underscores and spaces do not matter. */
const PARTS = [
  'authorization',
  'cookie',
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'signature',
  'hmac',
  'apikey',
  'privatekey',
  'accesskey',
  'encryptionkey',
  'signingkey',
  'sharedkey',
  'credential',
  'phone',
  'email',
  'cardnumber',
  'creditcard',
];
/** Names that are secret as a whole. */
const WHOLE = [
  'contact',
  'cvc',
  'cvv',
  'iban',
  'ssn',
  'pwd',
  'sid',
  'connect.sid',
  'sessionid',
  'jwt',
  'sig',
];

/** Bounds the cache. Names come from code, but objects may have ids as keys. */
const MAX_KNOWN = 2_000;

/** Knows the names of fields whose values must not be logged. */
export class SecretNames {
  private readonly whole: ReadonlySet<string>;
  private readonly known = new Map<string, boolean>();

  /** @param more additional whole names, in any case */
  constructor(more: readonly string[] = []) {
    this.whole = new Set([...WHOLE, ...more].map(plain));
  }

  /** Returns whether a field of this name is secret. */
  has(name: string): boolean {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const bare = plain(name);
    const secret = this.whole.has(bare) || PARTS.some((part) => bare.includes(part));
    if (this.known.size < MAX_KNOWN) this.known.set(name, secret);
    return secret;
  }
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '');
}
