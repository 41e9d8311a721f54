import { hideTokens } from './secret-tokens.js';

/** One search that rules out most texts before the more expensive ones below. */
const KEYWORD =
  /pass|pwd|secret|token|signature|api|auth|cookie|hmac|bearer|basic|digest|negotiate|ntlm|aws4|hawk|dpop|eyj|credential|session|\bsi[dg]\b|-u\b|--user|private|jwt|oauth|sharedkey|gnap|(?:access|account|encryption|signing|shared)[-_]?key|args|\b(?:cvc|cvv|iban|ssn)\b|\b(?:(?:sk|rk)[-_]|whsec_|shp[a-z]{2}_|gh[opsur]_|github_pat|gl[a-z]{2,4}-|xox[a-z]-|xapp-|AKIA|ASIA|AIza|ya29|GOCSPX|npm_|SG\.|hooks\.|\d{6,12}:)/i;
const HEADERS = /authorization|cookie/i;
const ENCODED = /%3[AD]/;
/** A name and, within a few characters, what separates it from its value. */
const SEPARATED = /[:=,]/;
const MARKUP = /<|&lt;/;
const FLAG = /-(?:u\b|-?\w)/;

// Every repetition is bounded, so that no text can make a search slow.
const { raw } = String;
/** Headers whose whole value is secret. */
const HEADER = raw`(?:[\w-]{0,40}authorization|(?:set-)?cookies?2?)`;
const NAME = raw`(?:password|passwd|passphrase|passcode|pass|pwd|secret|token|signature|sig|sid|credentials?|session[-_]?(?:id|key)|(?:api|access|account|private|shared|encryption|signing)[-_]?key|jwt|bearer|auth[-_]?key|redis(?:cli)?[-_]?auth|hmac(?:-sha256)?|(?<![a-z])(?:cvc|cvv|iban|ssn))(?:[-_]?(?:key|hash|value))?`;
const QUOTED = [
  raw`\\{1,3}"(?:(?!\\{1,3}")[^\r\n]){0,8192}\\{1,3}"`,
  raw`"(?:[^"\\]|\\[^]){0,8192}"`,
  raw`'(?:[^'\\]|\\[^]){0,8192}'`,
  raw`\x60(?:[^\x60\\]|\\[^]){0,8192}\x60`,
].join('|');
/** A text that was cut has no closing quote. */
const UNCLOSED = raw`\\{0,3}["'\x60][^\r\n]{0,8192}$`;
const QUOTE = raw`(?:\\{0,3}["'\x60])?`;
/** Up to the end of the line and, as in HTTP/1.1, lines that continue it. */
const LINE = raw`(?:(?!\\[rn])[^\r\n]){0,8192}(?:(?<=[;,][ \t]{0,3})\r?\n[ \t]{1,80}[^\r\n]{0,8192}){0,20}`;
const LIST = raw`\[\s{0,80}(?:(?:${QUOTED})\s{0,3},?\s{0,80}){0,100}\]|\{[^{}]{0,8192}\}`;

/** A name in JSON or in a dump, and the names of commands of Redis that contain passwords. */
const FIELD = (name: string): string => raw`${QUOTE}${name}${QUOTE}\s{0,3}:\s{0,8}`;
const COMMAND = `${FIELD('name')}${QUOTE}(?:auth|hello|acl|config|migrate)${QUOTE}`;
const NEXT = raw`\s{0,3},\s{0,80}`;
const ARGUMENTS = raw`(?:${LIST}|\[[^\]]{0,8192})`;

/** What an earlier rule has replaced. */
const MARKED = raw`(?:\*{3}|\[redacted\])`;

/** A text without `needs` is not searched. */
type Rule = readonly [needs: RegExp, pattern: RegExp, shown: string];

/** `$M` stands for the mark. */
const RULES: readonly Rule[] = [
  // -H "Cookie: a=b; c=d"
  rule(
    HEADERS,
    raw`(["'\x60])(${HEADER}\s{0,3}:\s{0,8})(?:(?!\1)(?:\\[^]|[^\\])){1,8192}`,
    '$1$2$M',
  ),
  // Cookie: a=b; c=d  and  "cookie": "a=b; c=d"  and  'set-cookie': [ 'a=b', 'c=d' ]
  rule(
    HEADERS,
    raw`(${HEADER}${QUOTE}\s{0,3}[:=](?!\s{0,8}${MARKED})\s{0,8})(?:${QUOTED}|${LIST}|${LINE})`,
    '$1$M',
  ),
  // [ 'Cookie', 'a=b; c=d' ]
  rule(
    SEPARATED,
    raw`((["'])(?:[\w-]{0,60}(?:${NAME})|${HEADER})\2\s{0,3},\s{0,80})(?:${QUOTED})`,
    '$1$M',
  ),
  // { name: 'Cookie', value: 'a=b; c=d' }
  rule(
    SEPARATED,
    raw`(["']?(?:name|key|header)["']?\s{0,3}:\s{0,3}(["'])(?:[\w-]{0,60}(?:${NAME})|${HEADER})\2\s{0,3},\s{0,80}["']?value["']?\s{0,3}:\s{0,3})(?:${QUOTED})`,
    '$1$M',
  ),
  // Cookie%3A%20a%3Db%3B%20c%3Dd
  rule(
    ENCODED,
    raw`(${HEADER}(?:%22|%27)?(?:%20|\+){0,3}%3[AD](?:%20|\+){0,3})(?:%22|%27)?(?:(?!%0[AD]|%22|%27|%26)[^\s"'&<>]){1,8192}`,
    '$1$M',
  ),
  // password%3Dhunter2
  rule(
    ENCODED,
    raw`(${NAME}(?:%22|%27)?(?:%20|\+){0,3}%3[AD](?:%20|\+){0,3})(?:%22|%27)?(?:(?!%0[AD]|%2[0267C]|%3B)[^\s"'&,;<>]){1,8192}`,
    '$1$M',
  ),
  // { name: 'auth', args: [ 'ada', 'hunter2' ] }, as errors of ioredis contain it
  rule(SEPARATED, raw`(${COMMAND}${NEXT}${FIELD('args')})${ARGUMENTS}`, '$1$M'),
  rule(SEPARATED, raw`(${FIELD('args')})${ARGUMENTS}(?=${NEXT}${COMMAND})`, '$1$M'),
  // <password>hunter2</password>
  rule(
    MARKUP,
    raw`((?:<|&lt;)[\w:-]{0,40}${NAME}(?:\s[^<>]{0,500})?(?:>|&gt;))(?:<!\[CDATA\[[^]{0,4096}?\]\]>|(?:(?!&lt;)[^<]){1,4096})`,
    '$1$M',
  ),
  // password=hunter2  and  "password": "hunter2"  and  :password => "hunter2"  and  'password': b'hunter2'
  rule(
    SEPARATED,
    raw`(${NAME}${QUOTE}\s{0,3}[:=]{1,2}>?\s{0,3})(?:[bru]{0,2}(?:${QUOTED})|${UNCLOSED}|(?:(?:bearer|basic)\s{1,3})?[^\s"'\x60,;&}]{1,4096})`,
    '$1$M',
  ),
  // --password hunter2  and  curl -u ada:hunter2
  rule(FLAG, raw`(--?[\w-]{0,40}(?:${NAME})\s{1,3})(?:${QUOTED}|(?!-)[^\s"'\x60]{1,4096})`, '$1$M'),
  rule(FLAG, raw`((?:\s-u|--user)[\s=]{1,3})(?:${QUOTED}|[^\s"':]{1,256}:[^\s"']{1,4096})`, '$1$M'),
];

/**
 * Replaces the secrets of a text: what a name announces (`token=...`, `"password": "..."`), the whole
 * value of headers such as `Cookie` and `Authorization` in any kind of dump, also URL-encoded, and
 * tokens that are recognised by their form, whatever is around them.
 *
 * @param mark replaces each secret
 */
export function hideNamedSecrets(text: string, mark: string): string {
  if (!KEYWORD.test(text)) return text;
  const shown = mark.replaceAll('$', '$$$$');
  let clean = text;
  for (const [needs, pattern, replacement] of RULES) {
    if (needs.test(clean))
      clean = clean.replace(
        pattern,
        replacement.replace('$M', () => shown),
      );
  }
  return hideTokens(clean, mark);
}

function rule(needs: RegExp, source: string, shown: string): Rule {
  return [needs, new RegExp(source, 'gi'), shown];
}
