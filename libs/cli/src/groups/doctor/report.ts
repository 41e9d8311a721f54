import type { QueueContext } from '../../session/queue-session.js';
import { oneLine } from '../../terminal/printable.js';
import type { Column } from '../../terminal/table.js';
import type { Finding, Verdict } from './finding.js';

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'SUBJECT' },
  { title: 'CHECK' },
  { title: 'SEEN', flexible: true },
];
const COLORS: Readonly<Record<Verdict, number>> = { ok: 32, warn: 33, fail: 31 };

/** A table of all findings, and a line for each remedy. */
export function reportLines(context: QueueContext, checks: readonly Finding[]): string {
  const rows = checks.map(({ verdict, subject, check, seen }) => [verdict, subject, check, seen]);
  const remedies = checks.flatMap(({ verdict, subject, check, remedy }) =>
    remedy === undefined ? [] : [`${oneLine(`${verdict} ${subject} ${check}: ${remedy}`)}\n`],
  );
  const shown = context.table(COLUMNS, rows);
  return remedies.length > 0 ? `${shown}\nWhat to do:\n${remedies.join('')}` : shown;
}

/** Colours the verdict at the start of each line. */
export function inColour(lines: string): string {
  return lines.replace(
    /^(ok|warn|fail)\b/gm,
    (word) => `\u001b[${COLORS[word as Verdict]}m${word}\u001b[0m`,
  );
}
