/** Scripts and emoji in which joiners belong to the spelling. */
const JOINED = String.raw`[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}]`;
const JOINER = String.raw`[\u200c\u200d]`;

const UNSAFE = new RegExp(
  // All control and format characters except joiners, and joiners that join nothing.
  String.raw`(?!${JOINER})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|(?<!${JOINED})${JOINER}`,
  'gu',
);

/**
 * Matches each character that could deceive a reader: control characters (C0, DEL and C1), which a
 * terminal executes; bidirectional controls, which reorder the text around them; line separators; and
 * invisible characters such as a zero-width space, which make two names look alike. Zero-width joiners
 * match unless they follow an emoji or a letter of a script that needs them.
 */
export function unsafeCharacters(): RegExp {
  UNSAFE.lastIndex = 0;
  return UNSAFE;
}
