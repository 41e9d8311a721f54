/** Replaces a secret. */
export const MASK = '***';

const CREDENTIALS = /^(.*?:\/\/)(?:([^:@]*:).*|[^:@/]*)@/s;
const PASSWORD = /^([^:@]*:).*@/s;
const USER = /^[^:@]*@/s;
const QUERY = /\?.*$/s;

/**
 * Masks the password and the query of an address: `redis://ada:***@host?***`. Also masks a user without
 * a password, who may be a token. Returns other texts unchanged.
 *
 * The address may be malformed and its password may contain any character, so everything up to the last
 * `@` is masked.
 *
 * @param isAddress whether the text is known to be an address, even without `://`
 */
export function maskAddress(text: string, isAddress = false): string {
  if (!text.includes('://')) {
    const masked = text.replace(PASSWORD, `$1${MASK}@`);
    return isAddress ? masked.replace(USER, `${MASK}@`).replace(QUERY, `?${MASK}`) : masked;
  }
  return text.replace(CREDENTIALS, `$1$2${MASK}@`).replace(QUERY, `?${MASK}`);
}
