/** Stands where a secret was. */
export const MASK = '***';

const PASSWORD = /^([^:@]*:).*@/s;
const USER = /^[^:@]*@/s;
/** A query or a fragment; both carry tokens. */
const QUERY = /([?#]).*$/s;
const ENCODED_SCHEME = /%3a%2f%2f/i;
/** The host and the colon before the port of an address, at the place where its host begins. */
const HOST = /^(?:\[[^\]]*\]|[^\s:/?#,[\]]*):/;
/** Longer than any name of DNS; it bounds the time for a hostile text. */
const MAX_HOST = 300;
/** A port, or what stands there if a variable was not set or a placeholder was not filled in. */
const PORT = /^(?:\d{0,5}|undefined|null|NaN|\$?\{+\w*\}+|\$[A-Z_]+)(?=[.:]?(?:[\s/?#,;'")\]]|$))/;

/**
 * An address without its password, its query and its fragment: `redis://ada:***@host?***`. A user
 * without a password is masked too, as it may be a token. What is no address stays as it is.
 *
 * The address may be wrong, so a password may hold any character: all up to the last `@` is masked,
 * and what stands in place of a port without being one, as in `redis://ada:password`.
 *
 * @param isAddress whether the text is surely meant as one, so that it needs no `://`
 */
export function maskAddress(text: string, isAddress = false): string {
  const scheme = text.indexOf('://');
  if (scheme < 0) {
    if (ENCODED_SCHEME.test(text)) return MASK;
    const masked = text.replace(PASSWORD, `$1${MASK}@`);
    return isAddress ? masked.replace(USER, `${MASK}@`).replace(QUERY, `$1${MASK}`) : masked;
  }
  const start = scheme + 3;
  const at = text.lastIndexOf('@');
  if (at < start) {
    const before = text.slice(0, start).replace(PASSWORD, `$1${MASK}@`);
    return before + maskHosts(text.slice(start));
  }
  const colon = text.indexOf(':', start);
  const hasUser = colon >= 0 && colon < at;
  const shown = text.slice(0, hasUser ? colon + 1 : start);
  return `${shown}${MASK}@${maskHosts(text.slice(at + 1))}`;
}

/** What follows `://` or the last `@`; it may be a list of addresses. */
function maskHosts(text: string): string {
  const end = text.search(/[?#]/);
  const hosts = end < 0 ? text : text.slice(0, end);
  const rest = end < 0 ? '' : `${text[end]}${MASK}`;
  let start = 0;
  do {
    const host = HOST.exec(hosts.slice(start, start + MAX_HOST))?.[0];
    const port = start + (host?.length ?? 0);
    if (host !== undefined && !PORT.test(hosts.slice(port, port + MAX_HOST))) {
      return `${hosts.slice(0, port)}${MASK}`;
    }
    const scheme = hosts.indexOf('://', start);
    start = scheme < 0 ? -1 : scheme + 3;
  } while (start >= 0);
  return `${hosts}${rest}`;
}
