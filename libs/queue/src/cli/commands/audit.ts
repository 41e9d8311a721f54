import type { AuditRecord } from '../../admin/audit-record.js';
import { numberOf } from '../cli-options.js';
import { EXIT } from '../exit-code.js';
import type { AddCommand } from '../add-command.js';
import type { Column } from '../table.js';

interface AuditFlags {
  readonly limit?: string;
  readonly cursor?: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'AT' },
  { title: 'BY' },
  { title: 'OVER' },
  { title: 'COMMAND' },
  { title: 'QUEUE' },
  { title: 'WHAT', flexible: true },
  { title: 'OUTCOME' },
];

export const auditCommand: AddCommand = (program, whenConnected) => {
  program
    .command('audit')
    .description('who did what over HTTP and the command line, the newest first')
    .option('--limit <n>', 'most entries')
    .option('--cursor <cursor>', 'where the page before has ended')
    .action(
      whenConnected<AuditFlags>(async (context, { limit, cursor }) => {
        const most = numberOf('--limit', limit);
        const page = await context.session.audit.list({
          ...(most !== undefined && { limit: most }),
          ...(cursor !== undefined && { cursor }),
        });
        context.show(page, () => context.table(COLUMNS, page.entries.map(rowOf)));
        if (page.cursor && !context.json) context.note(`more with --cursor ${page.cursor}`);
        return EXIT.ok;
      }),
    );
};

function rowOf(entry: AuditRecord): readonly string[] {
  const { at, by, source, command, queue, outcome, error } = entry;
  return [
    at,
    by,
    source,
    command,
    queue,
    whatOf(entry),
    error === undefined ? outcome : `${outcome}: ${error}`,
  ];
}

function whatOf({ target, filter, reason, made }: AuditRecord): string {
  const filters = Object.entries(filter ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  const what = target ?? (filter ? filters.join(' ') || 'all' : '');
  return [what, made && `-> ${made}`, reason && `(${reason})`].filter(Boolean).join(' ');
}
