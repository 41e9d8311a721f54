// Every repetition is bounded, so that no text can make a search slow.
/** Schemes of `Authorization` (IANA's registry and common ones), and what follows them. */
const SCHEMES: readonly RegExp[] = [
  /\b(bearer|basic|dpop)(?:\s{1,3}|%20|\+)[\w.~+/=-]{6,4096}/gi,
  /\b(negotiate|ntlm|sharedkey(?:lite)?|gnap)(?:\s{1,3}|%20|\+)(?=\S{0,200}[\d+/=])[\w.~+/:=-]{12,8192}/gi,
  /\b(api[-_]?key|token)(?:\s{1,3}|%20|\+)(?=[\w.~+/=-]{0,200}\d)[\w.~+/=-]{12,4096}/gi,
  /\b(digest|hawk|oauth|aws4-hmac-sha256)\s{1,3}(?:[\w-]{1,40}=(?:\\{0,3}"[^"\r\n]{0,4096}"|[^\s,"'`]{1,4096})\s{0,3},?\s{0,3}){1,30}/gi,
];
const JSON_WEB_TOKEN = /\beyJ[\w-]{4,4096}\.[\w-]{4,4096}\.[\w-]{0,4096}(?:\.[\w-]{1,4096}){0,2}/g;
/** A prefix by which a service marks its tokens: Stripe, Shopify, GitHub, GitLab, Slack, AWS, Google. */
const PREFIXED =
  /\b(?:(?:sk|rk)_(?:live|test)_|sk-(?:proj|ant|svcacct)-|whsec_|shp(?:at|ca|pa|ss|ua)_|gh[opsur]_|github_pat_|gl(?:pat|rt|dt|ptt|cbt)-|xox[abeoprs]-|xapp-|AKIA|ASIA|AIza|ya29\.|GOCSPX-)[\w-]{8,512}/g;
/** Tokens of npm, SendGrid and Telegram, which need their length, because others use the prefix too. */
const MEASURED =
  /\bnpm_[A-Za-z\d]{36}\b|\bSG\.[\w-]{16,64}\.[\w-]{16,64}|(?<![\d:.])\d{6,12}:[\w-]{35}(?![\w-])/g;
/** Addresses of webhooks, whose path is the secret. */
const WEBHOOK =
  /\b(hooks\.slack\.com\/\w{1,20}\/|discord(?:app)?\.com\/api\/webhooks\/\d{1,25}\/)[\w/-]{8,512}/gi;
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^]{0,16384}?(?:-----END [A-Z ]{0,60}-----|$)/g;

/** Replaces tokens and keys that are recognised by their form. */
export function hideTokens(text: string, mark: string): string {
  let clean = text.replace(PRIVATE_KEY, () => mark);
  for (const scheme of SCHEMES) {
    clean = clean.replace(scheme, (_all, name: string) => `${name} ${mark}`);
  }
  for (const form of [JSON_WEB_TOKEN, PREFIXED, MEASURED]) clean = clean.replace(form, () => mark);
  return clean.replace(WEBHOOK, (_all, start: string) => `${start}${mark}`);
}
