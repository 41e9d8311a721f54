/** Words of texts that stand where a secret should be, and rows of keys. None has a single character. */
const WORDS = `
  change changeit replace insert enter put set fill use generate with me this it in my your our
  the an some here please now by real random strong long super very only not for value string text
  test testing dev development default demo local localhost example sample placeholder dummy todo
  fixme foo bar baz prod production staging xxxx secret password passwd pass word passphrase token
  key credential auth admin root user api webhook hmac signing shopify database db redis postgres
  loyalnest jwt bearer access private shared letmein welcome 0123456789 1234567890 123456789
  12345678 123456 abcdefghijklmnopqrstuvwxyz abcdefgh abcdef qwertyuiop qwerty asdfghjkl asdf
  zxcvbnm
`;
const LONGEST_FIRST = WORDS.trim()
  .split(/\s+/)
  .sort((one, other) => other.length - one.length);
const WORD = new RegExp(LONGEST_FIRST.join('|'), 'g');
const SEPARATORS = /[^\p{L}\p{N}]/gu;
/** A year or a number at the end does not make a word a secret. */
const MAX_REST = 4;

/**
 * Returns whether a text consists of words that people write when they have no secret yet, in any order
 * and number: `your-secret-here-please`, `PasswordPassword1234`. A random text is none: it would have to
 * consist of these words except for 4 characters.
 */
export function isMadeOfPlaceholders(text: string): boolean {
  const letters = text.toLowerCase().replaceAll(SEPARATORS, '');
  const rest = letters.replaceAll(WORD, '');
  return rest.length < letters.length && rest.length <= MAX_REST;
}
