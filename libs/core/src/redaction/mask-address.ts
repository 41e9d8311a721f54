/** Stands where a secret was. */
export const MASK = '***';

const CREDENTIALS = /^(.*?:\/\/)(?:([^:@]*:).*|[^:@/]*)@/s;
const PASSWORD = /^([^:@]*:).*@/s;
const USER = /^[^:@]*@/s;
const QUERY = /\?.*$/s;

/**
 * An address without its password and without its query: `redis://ada:***@host?***`. A user without a
 * password is masked too, as it may be a token. What is no address stays as it is.
 *
 * The address may be wrong, so a password may hold any character: all up to the last `@` is masked.
 *
 * @param isAddress whether the text is surely meant as one, so that it needs no `://`
 */
export function maskAddress(text: string, isAddress = false): string {
  if (!text.includes('://')) {
    const masked = text.replace(PASSWORD, `$1${MASK}@`);
    return isAddress ? masked.replace(USER, `${MASK}@`).replace(QUERY, `?${MASK}`) : masked;
  }
  return text.replace(CREDENTIALS, `$1$2${MASK}@`).replace(QUERY, `?${MASK}`);
}
