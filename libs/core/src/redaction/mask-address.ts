/** Replaces a secret. */
export const MASK = '***';

const PASSWORD = /^([^:@]*:).*@/s;
const USER = /^[^:@]*@/s;
/** A query or a fragment. Both may contain tokens. */
const QUERY = /([?#]).*$/s;
const ENCODED_SCHEME = /%3a%2f%2f/i;
/** The host of an address and the colon before its port, from the start of the host. */
const HOST = /^(?:\[[^\]]*\]|[^\s:/?#,[\]]*):/;
/** Longer than any DNS name. Bounds the time that a hostile text can take. */
const MAX_HOST = 300;
/** A port, or what an unset variable or an unfilled placeholder leaves in its place. */
const PORT = /^(?:\d{0,5}|undefined|null|NaN|\$?\{+\w*\}+|\$[A-Z_]+)(?=[.:]?(?:[\s/?#,;'")\]]|$))/;

/**
 * Masks the password, the query and the fragment of an address: `redis://ada:***@host?***`. Also masks
 * a user without a password, who may be a token. Returns other texts unchanged.
 *
 * The address may be malformed and its password may contain any character, so everything up to the last
 * `@` is masked, and so is an invalid port, as in `redis://ada:password`.
 *
 * @param isAddress whether the text is known to be an address, even without `://`
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

/** Masks what follows `://` or the last `@`, which may be a list of addresses. */
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
