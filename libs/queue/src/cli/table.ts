const GAP = '  ';
const ELLIPSIS = '…';
const NARROWEST = 8;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

export interface Column {
  readonly title: string;
  /** For numbers. */
  readonly right?: boolean;
  /** May be cut where the terminal is too narrow; the first of them that is wide enough is. */
  readonly flexible?: boolean;
}

/** A table whose columns are as wide as what is in them, and that fits into the terminal. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  width = Infinity,
): string {
  const cells = rows.map((row) => row.map((cell) => oneLine(String(cell))));
  const widths = columns.map(({ title }, i) =>
    Math.max(displayWidth(title), ...cells.map((row) => displayWidth(row[i] ?? ''))),
  );
  shrink(widths, columns, width);
  const line = (row: readonly string[]): string =>
    columns
      .map(({ right = false }, i) => fit(row[i] ?? '', widths[i]!, right))
      .join(GAP)
      .trimEnd();
  return [columns.map(({ title }) => title), ...cells].map((row) => `${line(row)}\n`).join('');
}

function shrink(widths: number[], columns: readonly Column[], width: number): void {
  const total = (): number =>
    widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
  for (let over = total() - width; over > 0; over = total() - width) {
    const flexible = columns.flatMap(({ flexible: may }, i) =>
      may && widths[i]! > NARROWEST ? [i] : [],
    );
    if (flexible.length === 0) return;
    const widest = flexible.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    widths[widest] = Math.max(NARROWEST, widths[widest]! - over);
  }
}

function fit(text: string, width: number, right: boolean): string {
  const shown = displayWidth(text) > width ? cut(text, width) : text;
  const space = ' '.repeat(Math.max(0, width - displayWidth(shown)));
  return right ? space + shown : shown + space;
}

function cut(text: string, width: number): string {
  let shown = '';
  let used = ELLIPSIS.length;
  for (const character of text) {
    used += displayWidth(character);
    if (used > width) break;
    shown += character;
  }
  return shown + ELLIPSIS;
}

/** Columns of a terminal that a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/^\p{M}$/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** Text of strangers in one line: control characters would reach the terminal as commands. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** The same with its lines kept. */
export function printable(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}
