/** Scripts and emoji in which joiners belong to the spelling. */
const JOINED = String.raw`[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Deva}\p{sc=Beng}\p{sc=Guru}\p{sc=Gujr}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}]`;
const JOINER = String.raw`[\u200c\u200d]`;
/** Characters of which a variation selector chooses a form, and the selectors. */
const VARIED = String.raw`[\p{Emoji}\p{S}\p{Unified_Ideograph}\u1820-\u18aa]`;
const SELECTOR = String.raw`[\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u180b-\u180d\u180f]`;
/** Fillers stand for a missing letter of a syllable that is spelled with conjoining jamo. */
const JAMO = String.raw`[\u1100-\u115e\u1161-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]`;
const FILLER = String.raw`[\u115f\u1160]`;

const UNSAFE = new RegExp(
  // All control and invisible characters except those above, which are unsafe where they do nothing.
  String.raw`(?!${JOINER}|${SELECTOR}|${FILLER})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]` +
    String.raw`|(?<!${JOINED})${JOINER}|(?<!${VARIED})${SELECTOR}|(?<!${JAMO})${FILLER}(?!${JAMO})`,
  'gu',
);

/**
 * Matches each character that could deceive a reader: control characters (C0, DEL and C1), which a
 * terminal executes; bidirectional controls, which reorder the text around them; line separators; and
 * invisible characters such as a zero-width space, a filler of Hangul or a blank of Braille, which make
 * two names look alike. Zero-width joiners, variation selectors and fillers match unless they belong to
 * the spelling of the characters around them.
 */
export function unsafeCharacters(): RegExp {
  UNSAFE.lastIndex = 0;
  return UNSAFE;
}
