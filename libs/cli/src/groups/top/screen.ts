import cliTruncate from 'cli-truncate';

/** Overwriting from the corner, instead of clearing the screen each time, avoids flicker. */
const HOME = '\u001b[H';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE_END = '\u001b[K';
const MIN_ROWS = 4;

export const CLEAR_ALL = '\u001b[2J';

/**
 * Writes over the previous screen. Lines that do not fit are counted instead, and long lines are cut:
 * both would scroll the screen.
 */
export function screen(all: readonly string[], rows: number, columns: number): string {
  const lines = all.map((line) => (columns === Infinity ? line : cliTruncate(line, columns)));
  const room = Math.max(MIN_ROWS, rows) - 1;
  const over = lines.length - room;
  if (over > 0) lines.splice(room - 1, over + 1, `${over + 1} more lines do not fit`);
  return `${HOME}${lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')}${CLEAR_BELOW}`;
}
