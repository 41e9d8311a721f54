/** Prefixes and lengths of the large card schemes, so that the ids of a shop do not match. */
const SCHEMES =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6(?:011|2\d\d|5\d\d)\d{12,15})$/;

/** Returns whether `text`, without spaces, dots and hyphens, is the number of a payment card. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ .\u00a0\u202f-]/g, '');
  return SCHEMES.test(digits) && hasCheckDigit(digits);
}

/** The Luhn algorithm, ISO/IEC 7812-1 annex B. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
