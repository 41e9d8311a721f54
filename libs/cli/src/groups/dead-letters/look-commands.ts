import { OptionError } from '@loyalnest/core';
import { maskDeadLetter } from '@loyalnest/queue/operator';
import type { Command } from 'commander';
import type { WhenConnected } from '../../command/command-shell.js';
import { EXIT } from '../../exit/exit-code.js';
import { actorOf, addActorOption, type ActorFlags } from '../../options/actor-option.js';
import { addFilterOptions, filterOf, type FilterFlags } from '../../options/filter-options.js';
import { addPageOptions, pageOf, type PageFlags } from '../../options/page-options.js';
import type { QueueSession } from '../../session/queue-session.js';
import { detailLines, groupTable, letterTable } from './dead-letter-tables.js';

interface ListFlags extends FilterFlags, PageFlags {
  readonly discarded?: boolean;
}

interface ShowFlags extends ActorFlags {
  readonly payload?: boolean;
}

/** Adds `groups`, `list` and `show`, which change nothing. */
export function addLooks(dlq: Command, whenConnected: WhenConnected<QueueSession>): void {
  dlq
    .command('groups <queue>')
    .description('Group dead letters by cause, largest group first')
    .action(
      whenConnected(async (context, _flags, [queue]) => {
        const groups = await (await context.session.admin(queue!)).letters.groups();
        context.show({ groups }, () => groupTable(context, groups));
        return EXIT.ok;
      }),
    );
  const list = dlq
    .command('list <queue>')
    .description('List matching dead letters, newest first; payloads are masked');
  addPageOptions(
    addFilterOptions(list).option('--discarded', 'list the discarded ones instead'),
  ).action(
    whenConnected<ListFlags>(async (context, flags, [queue]) => {
      const filter = filterOf(flags, context.session.clock.now());
      const page = pageOf(flags);
      if (flags.discarded && Object.keys(filter).length > 0) {
        throw new OptionError('--discarded', true, 'remove the filter options, or --discarded');
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
  const show = dlq
    .command('show <queue> <id>')
    .description('Show one dead letter with its stacks and its history')
    .option('--payload', 'show the payload unmasked; the audit trail records this');
  addActorOption(show).action(
    whenConnected<ShowFlags>(async (context, flags, [queue, id]) => {
      const admin = await context.session.admin(queue!);
      const letter = flags.payload
        ? await context.session.commands.showPayload(admin, actorOf(flags), id!)
        : maskDeadLetter(await admin.letters.get(id!));
      context.show(letter, () => detailLines(letter));
      return EXIT.ok;
    }),
  );
}
