import { hideNamedSecrets } from '../../redaction/secret-text.js';
import { isCardNumber } from './card-number.js';

/** Replaces what {@link redactText} removes. */
export const REDACTED = '[redacted]';

// Every repetition is bounded, so that no text can make a search slow.
/** Up to the last `@`, as a password may contain one. Not a port and a path. */
const URL_PASSWORD =
  /(:\/\/)(?:[^\s"'<>`/@:]{0,256}:(?!\d{1,5}[/?#])[^\s"'<>`]{1,512}|[^\s"'<>`/@:]{1,256})@/g;
const EMAIL =
  /[\p{L}\p{M}\p{N}_.!#$&'*+/=?^`{|}~-]{1,64}(?:@|%40)[\p{L}\p{M}\p{N}-]{1,63}(?:\.[\p{L}\p{M}\p{N}-]{1,63}){1,8}/giu;
const INTERNATIONAL_PHONE = /(?:\+|%2B)[1-9](?:[ ().-]{0,2}\d){7,14}(?!\d)/gi;
const NATIONAL_PHONE = /\(\d{3}\) ?\d{3}[-. ]\d{4}\b|\b\d{3}[-.]\d{3}[-.]\d{4}\b/g;
const CARD = /\b\d(?:[ .\u00a0\u202f-]?\d){12,18}\b/g;

const MIN_PHONE_DIGITS = 8;
const MIN_CARD_DIGITS = 13;

/**
 * Replaces secrets and personal data in a text: passwords in addresses, named secrets (`token=...`),
 * headers such as cookies, tokens of known forms, e-mail addresses, phone numbers with a country code or in the North American form, and
 * the numbers of payment cards. Other phone numbers look like any other number and remain.
 */
export function redactText(text: string): string {
  const { digits, hasAt, hasPlus } = contentsOf(text);
  let clean = hideNamedSecrets(text, REDACTED);
  if (hasAt) clean = clean.replace(URL_PASSWORD, `$1${REDACTED}@`).replace(EMAIL, REDACTED);
  if (digits >= MIN_PHONE_DIGITS) {
    if (hasPlus) clean = clean.replace(INTERNATIONAL_PHONE, REDACTED);
    clean = clean.replace(NATIONAL_PHONE, REDACTED);
  }
  if (digits >= MIN_CARD_DIGITS) {
    clean = clean.replace(CARD, (number) => (isCardNumber(number) ? REDACTED : number));
  }
  return clean;
}

interface Contents {
  readonly digits: number;
  /** `@`, or `%40` in a URL. The same for `+` and `%2B`. */
  readonly hasAt: boolean;
  readonly hasPlus: boolean;
}

function contentsOf(text: string): Contents {
  let digits = 0;
  let hasAt = false;
  let hasPlus = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) digits++;
    else if (code === 64) hasAt = true;
    else if (code === 43) hasPlus = true;
    else if (code === 37) hasAt = hasPlus = true;
  }
  return { digits, hasAt, hasPlus };
}
