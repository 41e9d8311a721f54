import { errorCodes, type ErrorCode } from './error-codes.ts';

const HEAD = `# Error codes

Every error of our packages and sample services has a \`code\` that stays the same between releases. Programs, alerts and runbooks may rely on it; the text of a message may change. No two errors have the same code.

- **Category** decides the HTTP status, and whether a circuit breaker counts the error as a failure: [the table](../libs/core/README.md#errors).
- **Retryable** says whether the same call may succeed later.
- "depends" means that each error of the class has its own value, for example from the HTTP status of an answer.
- A code without a class is one that a service answers with at its HTTP edge.
- An answer to an error without a code has the text of its status as its code: \`NOT_FOUND\`, or \`PAYLOAD_TOO_LARGE\` with 413.

\`npm run generate\` makes this page from the source. [How to add an error](../CONTRIBUTING.md#an-error).
`;

/** The page that lists all error codes by package. @throws Error for a code that exists twice */
export function errorsPage(root: string): string {
  const byFolder = Map.groupBy(errorCodes(root), ({ folder }) => folder);
  const folders = [...byFolder.keys()].toSorted(
    (a, b) => Number(a.startsWith('apps/')) - Number(b.startsWith('apps/')) || a.localeCompare(b),
  );
  const sections = folders.map((folder) => sectionOf(folder, byFolder.get(folder)!));
  return [HEAD, ...sections].join('\n');
}

function sectionOf(folder: string, codes: readonly ErrorCode[]): string {
  const title = folder.startsWith('libs/') ? folder.replace('libs/', '@loyalnest/') : folder;
  const rows = codes.map(({ code, className, category, retryable, meaning }) => [
    `\`${code}\``,
    className === undefined ? '' : `\`${className}\``,
    category,
    retryable === 'true' ? 'yes' : retryable === 'false' ? 'no' : retryable,
    meaning.replaceAll('|', '\\|'),
  ]);
  return `## ${title}\n\n${tableOf([['Code', 'Class', 'Category', 'Retryable', 'When'], ...rows])}`;
}

/** A Markdown table with aligned columns, as the formatter of this repository writes it. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_head, column) =>
    Math.max(3, ...rows.map((row) => row[column]!.length)),
  );
  const lineOf = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |\n`;
  const rule = lineOf(widths.map((width) => '-'.repeat(width)));
  const [head, ...body] = rows.map(lineOf);
  return [head, rule, ...body].join('');
}
