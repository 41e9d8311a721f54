/**
 * One JSON document for programs, indented. Characters that a terminal or a reader would take for
 * something else (control, format, invisible and separator characters) are escaped as `\uXXXX`, so a
 * program gets all of them.
 */
export function jsonText(document: object): string {
  return `${escapeInvisible(JSON.stringify(document, undefined, 2))}\n`;
}

/** The same in one line. */
export function jsonLine(document: object): string {
  return `${escapeInvisible(JSON.stringify(document))}\n`;
}

/** `JSON.stringify` itself escapes C0 controls and lone surrogates. */
function escapeInvisible(json: string): string {
  return json.replace(
    /[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u007f-\u009f]/gu,
    (character) =>
      Array.from(
        { length: character.length },
        (_none, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
      ).join(''),
  );
}
