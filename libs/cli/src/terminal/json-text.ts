/**
 * One JSON document for programs, indented. A terminal would take DEL and the C1 characters for
 * commands, so they are escaped; `JSON.stringify` escapes the other control characters.
 */
export function jsonText(document: object): string {
  return `${escapeControls(JSON.stringify(document, undefined, 2))}\n`;
}

/** The same in one line. */
export function jsonLine(document: object): string {
  return `${escapeControls(JSON.stringify(document))}\n`;
}

function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
