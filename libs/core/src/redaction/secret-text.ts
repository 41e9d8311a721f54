/** One search that rules out most texts before the more expensive ones below. */
const KEYWORD =
  /pass|pwd|secret|token|signature|api|auth|cookie|hmac|bearer|basic|eyj|(?:access|account|private|shared)[-_]?key/i;

// Every repetition is bounded, so that no text can make a search slow.
const NAMED_SECRET =
  /((?:password|passwd|passphrase|pwd|secret|token|signature|(?:api|access|account|private|shared)[-_]?key|authorization|cookie|hmac(?:-sha256)?)\\?["']?\s{0,3}[:=]\s{0,3})(\\"[^"\\]{0,4096}\\"|"[^"]{0,4096}"|'[^']{0,4096}'|(?:(?:bearer|basic)\s{1,3})?[^\s"',;&}]{1,4096})/gi;
const BEARER = /\b(bearer|basic)\s{1,3}[\w.~+/=-]{6,4096}/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{4,4096}\.[\w-]{4,4096}\.[\w-]{0,4096}/g;

/**
 * Replaces secrets that a text names: `token=...`, `"password": "..."`, bearer tokens and JSON Web
 * Tokens.
 *
 * @param mark replaces each secret
 */
export function hideNamedSecrets(text: string, mark: string): string {
  if (!KEYWORD.test(text)) return text;
  return text
    .replace(NAMED_SECRET, `$1${mark}`)
    .replace(BEARER, `$1 ${mark}`)
    .replace(JSON_WEB_TOKEN, mark);
}
