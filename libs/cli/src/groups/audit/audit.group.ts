import type { AuditRecord } from '@loyalnest/queue/operator';
import type { CommandGroup } from '../../command/command-group.js';
import { EXIT } from '../../exit/exit-code.js';
import { addPageOptions, pageOf, type PageFlags } from '../../options/page-options.js';
import { openQueueSession } from '../../session/queue-session.js';
import type { Column } from '../../terminal/table.js';

const COLUMNS: readonly Column[] = [
  { title: 'AT' },
  { title: 'BY' },
  { title: 'SOURCE' },
  { title: 'COMMAND' },
  { title: 'QUEUE' },
  { title: 'WHAT', flexible: true },
  { title: 'OUTCOME' },
];

/** `audit`. */
export const auditGroup: CommandGroup = {
  name: 'audit',
  register(program, shell) {
    const whenConnected = shell.connected(openQueueSession);
    const audit = program
      .command('audit')
      .description('List who did what over HTTP and the command line, newest first');
    addPageOptions(audit).action(
      whenConnected<PageFlags>(async (context, flags) => {
        const page = await context.session.audit.list(pageOf(flags));
        context.show(page, () => context.table(COLUMNS, page.entries.map(rowOf)));
        if (page.cursor && !context.json) context.note(`more with --cursor ${page.cursor}`);
        return EXIT.ok;
      }),
    );
  },
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
