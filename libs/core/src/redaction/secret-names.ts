/** Parts of secret names. Case, hyphens and underscores do not count. */
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
  'phone',
  'email',
  'cardnumber',
  'creditcard',
];
const WHOLE = ['contact', 'cvc', 'cvv', 'iban', 'ssn'];

/** Names come from code, but a map whose keys are ids must not make this grow without a bound. */
const MAX_KNOWN = 2_000;

/** Knows the names of fields whose values are never written. */
export class SecretNames {
  private readonly whole: ReadonlySet<string>;
  private readonly known = new Map<string, boolean>();

  /** @param more whole names, in any case */
  constructor(more: readonly string[] = []) {
    this.whole = new Set([...WHOLE, ...more].map(plain));
  }

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
