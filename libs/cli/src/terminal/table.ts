import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { oneLine } from './printable.js';

const GAP = '  ';
const MIN_FLEXIBLE_WIDTH = 8;

export interface Column {
  readonly title: string;
  /** Aligns the column to the right, for numbers. @defaultValue false */
  readonly right?: boolean;
  /** Whether the column may be truncated where the terminal is too narrow. @defaultValue false */
  readonly flexible?: boolean;
}

/**
 * Renders a table. Each column is as wide as its widest cell in terminal columns: wide characters and
 * emoji take two, combining marks none. Where that exceeds `width`, the widest flexible column is
 * truncated first.
 *
 * @param width columns of the terminal; Infinity truncates nothing
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  width = Infinity,
): string {
  const cells = rows.map((row) => row.map((cell) => oneLine(String(cell))));
  const widths = columns.map(({ title }, i) =>
    Math.max(stringWidth(title), ...cells.map((row) => stringWidth(row[i] ?? ''))),
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
  for (let excess = total() - width; excess > 0; excess = total() - width) {
    const flexible = columns.flatMap(({ flexible: isFlexible }, i) =>
      isFlexible && widths[i]! > MIN_FLEXIBLE_WIDTH ? [i] : [],
    );
    if (flexible.length === 0) return;
    const widest = flexible.reduce((a, b) => (widths[b]! > widths[a]! ? b : a));
    widths[widest] = Math.max(MIN_FLEXIBLE_WIDTH, widths[widest]! - excess);
  }
}

function fit(text: string, width: number, right: boolean): string {
  const shown = cliTruncate(text, width);
  // A wide character that does not fit leaves one column.
  const space = ' '.repeat(Math.max(0, width - stringWidth(shown)));
  return right ? space + shown : shown + space;
}
