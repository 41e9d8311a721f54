import { OptionError } from '@loyalnest/core';
import type { Command } from 'commander';
import { actorOf, filterOf, numberOf, type FilterFlags } from '../cli-options.js';
import { EXIT } from '../exit-code.js';
import type { AddCommand, CommandOptions, WhenConnected } from '../add-command.js';
import { commandEach, type EachFlags } from './command-each.js';
import { detailLines, groupTable, letterTable } from './dead-letter-tables.js';
import { editPayload, type EditFlags } from './edit-payload.js';
import { redriveMany, type RedriveManyFlags } from './redrive-many.js';
import { maskDeadLetter } from '../../admin/payload-mask.js';

interface ListFlags extends FilterFlags {
  readonly limit?: string;
  readonly cursor?: string;
  readonly discarded?: boolean;
}

const ENDS_ITSELF: CommandOptions = { endsItself: true };

export const deadLetterCommands: AddCommand = (program, whenConnected) => {
  const dlq = program.command('dlq').description('dead letters');
  addLooks(dlq, whenConnected);
  addCommands(dlq, whenConnected);
};

function addLooks(dlq: Command, whenConnected: WhenConnected): void {
  dlq
    .command('groups <queue>')
    .description('by cause, the largest group first')
    .action(
      whenConnected(async (context, _flags, [queue]) => {
        const groups = await (await context.session.admin(queue!)).letters.groups();
        context.show({ groups }, () => groupTable(context, groups));
        return EXIT.ok;
      }),
    );
  withFilter(dlq.command('list <queue>'))
    .description('those that fit, the newest first; payloads are masked')
    .option('--discarded', 'those that were put aside')
    .option('--limit <n>', 'most of them')
    .option('--cursor <cursor>', 'where the page before has ended')
    .action(
      whenConnected<ListFlags>(async (context, flags, [queue]) => {
        const filter = filterOf(flags, context.session.clock.now());
        const limit = numberOf('--limit', flags.limit);
        const page = {
          ...(limit !== undefined && { limit }),
          ...(flags.cursor !== undefined && { cursor: flags.cursor }),
        };
        if (flags.discarded && Object.keys(filter).length > 0) {
          throw new OptionError('--discarded', true, 'it takes no filter; leave that out');
        }
        const { letters } = await context.session.admin(queue!);
        const found = flags.discarded
          ? await letters.discarded(page)
          : await letters.list({ ...filter, ...page });
        const items = found.items.map(maskDeadLetter);
        context.show({ ...found, items }, () => letterTable(context, items));
        if (!context.json) {
          const more = found.cursor ? `; more with --cursor ${found.cursor}` : '';
          context.note(`${items.length} of ${found.total}${more}`);
        }
        return EXIT.ok;
      }),
    );
  dlq
    .command('show <queue> <id>')
    .description('one with its stacks and its history')
    .option('--payload', 'shows the payload itself; that is noted in the audit trail')
    .option('--by <name>', 'who asks (default: the user of this machine)')
    .action(
      whenConnected<{ payload?: boolean; by?: string }>(async (context, flags, [queue, id]) => {
        const admin = await context.session.admin(queue!);
        const letter = flags.payload
          ? await context.session.commands.showPayload(admin, actorOf(flags.by), id!)
          : maskDeadLetter(await admin.letters.get(id!));
        context.show(letter, () => detailLines(letter));
        return EXIT.ok;
      }),
    );
}

function addCommands(dlq: Command, whenConnected: WhenConnected): void {
  withFilter(dlq.command('redrive <queue> [ids...]'))
    .description('runs them again: by id, or as a task those that fit a filter')
    .option('--all', 'all of the queue')
    .option('--dry-run', 'only counts them')
    .option('--rate <n>', 'jobs per second (default: 50)')
    .option('--canary <n>', 'jobs that go first and have to succeed; 0 for none (default: 1)')
    .option('--canary-timeout <duration>', 'how long they may take (default: 2m)')
    .option('--max-failed-ratio <r>', 'share of failures above which it stops (default: 0.2)')
    .option('--on-interrupt <what>', 'at Ctrl-C: stop (it can be resumed) or cancel', 'stop')
    .option('--by <name>', 'who asks (default: the user of this machine)')
    .option('--yes', 'asks nobody')
    .action(
      whenConnected<RedriveManyFlags>((context, flags, [queue, ...ids]) => {
        const given = ids.filter((id) => id !== undefined);
        if (given.length === 0) return redriveMany(context, queue!, flags);
        const { session } = context;
        const filter = filterOf(flags, session.clock.now());
        if (flags.all || flags.dryRun || Object.keys(filter).length > 0) {
          throw new OptionError('ids', given.length, 'name ids or a filter, not both');
        }
        return commandEach(context, queue!, given, flags, 'redriven', (admin, actor, id) =>
          session.commands.redrive(admin, actor, id),
        );
      }, ENDS_ITSELF),
    );
  dlq
    .command('discard <queue> <ids...>')
    .description('puts them aside; they can be restored for a while')
    .requiredOption('--reason <text>', 'why')
    .option('--by <name>', 'who asks (default: the user of this machine)')
    .option('--yes', 'asks nobody')
    .action(
      whenConnected<EachFlags & { reason: string }>(async (context, flags, [queue, ...ids]) => {
        if (flags.reason.trim() === '') throw new OptionError('--reason', '', 'say why');
        const count = ids.length === 1 ? ids[0] : `${ids.length} dead letters`;
        const refused = await context.confirm(`Discard ${count} of ${queue}?`, flags.yes);
        if (refused !== undefined) return refused;
        return commandEach(context, queue!, ids, flags, 'discarded', (admin, actor, id) =>
          context.session.commands.discard(admin, actor, id, flags.reason),
        );
      }, ENDS_ITSELF),
    );
  dlq
    .command('restore <queue> <ids...>')
    .description('makes discarded ones dead letters again')
    .option('--by <name>', 'who asks (default: the user of this machine)')
    .action(
      whenConnected<EachFlags>(
        (context, flags, [queue, ...ids]) =>
          commandEach(context, queue!, ids, flags, 'restored', (admin, actor, id) =>
            context.session.commands.restore(admin, actor, id),
          ),
        ENDS_ITSELF,
      ),
    );
  dlq
    .command('edit <queue> <id>')
    .description('gives it another payload and runs it again; opens $EDITOR without --file')
    .option('--file <path>', 'the payload as JSON; - for the standard input')
    .option('--revision <revision>', 'refuses if the dead letter has another one')
    .option('--by <name>', 'who asks (default: the user of this machine)')
    .action(
      whenConnected<EditFlags>(
        (context, flags, [queue, id]) => editPayload(context, queue!, id!, flags),
        ENDS_ITSELF,
      ),
    );
}

function withFilter(command: Command): Command {
  return command
    .option('--reason <reason>', 'why they will not run again by themselves')
    .option('--group <fingerprint>', 'of a cause')
    .option('--name <job>', 'name of the job')
    .option('--merchant <id>', 'merchant of the job')
    .option('--after <time>', 'dead at this time or later: ISO 8601, or how long ago, as 2h')
    .option('--before <time>', 'dead before this time');
}
