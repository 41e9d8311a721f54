/** One look that rules out most texts before the searches below, which cost more. */
const KEYWORD =
  /pass|pwd|secret|token|signature|api|auth|cookie|hmac|bearer|basic|eyj|(?:access|account|private|shared)[-_]?key/i;

// Every repetition has an upper bound, so that no text can make the search slow.
const NAMED_SECRET =
  /((?:password|passwd|passphrase|pwd|secret|token|signature|(?:api|access|account|private|shared)[-_]?key|authorization|cookie|hmac(?:-sha256)?)\\?["']?\s{0,3}[:=]\s{0,3})(\\"[^"\\]{0,4096}\\"|"[^"]{0,4096}"|'[^']{0,4096}'|(?:(?:bearer|basic)\s{1,3})?[^\s"',;&}]{1,4096})/gi;
const BEARER = /\b(bearer|basic)\s{1,3}[\w.~+/=-]{6,4096}/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{4,4096}\.[\w-]{4,4096}\.[\w-]{0,4096}/g;

/**
 * Takes secrets out of a text that says itself what they are: `token=...`, `"password": "..."`, a
 * bearer token, a JSON Web Token.
 *
 * @param mark stands in their place
 */
export function hideNamedSecrets(text: string, mark: string): string {
  if (!KEYWORD.test(text)) return text;
  return text
    .replace(NAMED_SECRET, `$1${mark}`)
    .replace(BEARER, `$1 ${mark}`)
    .replace(JSON_WEB_TOKEN, mark);
}
