import { unsafeCharacters } from './unsafe-characters.js';

const REPLACEMENT = '\ufffd';

/**
 * Makes text from outside safe for a terminal in one line. Whitespace becomes a single space. Each
 * unsafe character (see {@link unsafeCharacters}) becomes U+FFFD.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[^\S\ufeff]+/g, ' ')
    .toWellFormed()
    .replace(unsafeCharacters(), REPLACEMENT);
}

/** Does the same as `oneLine`, but keeps line breaks, tabs and spaces. */
export function printable(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .toWellFormed()
    .replace(unsafeCharacters(), (found) =>
      found === '\n' || found === '\t' ? found : REPLACEMENT,
    );
}
