const REPLACEMENT = '\ufffd';

/**
 * Makes text from outside safe for a terminal in one line. Whitespace becomes a single space. Each
 * control character (C0, DEL and C1) and each bidirectional control becomes U+FFFD: a terminal would
 * execute the first, and the second would reorder what is printed around them.
 */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, REPLACEMENT);
}

/** Does the same as `oneLine`, but keeps line breaks, tabs and spaces. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, REPLACEMENT);
}
