import { OptionError } from '@loyalnest/core';
import type { Command } from 'commander';
import type { CommandOptions, WhenConnected } from '../../command/command-shell.js';
import { addActorOption } from '../../options/actor-option.js';
import { addFilterOptions, filterOf } from '../../options/filter-options.js';
import type { QueueSession } from '../../session/queue-session.js';
import { redriveMany, type RedriveManyFlags } from '../redrive/redrive-many.js';
import { commandEach, type EachFlags } from './command-each.js';
import { editPayload, type EditFlags } from './edit-payload.js';

const ENDS_ITSELF: CommandOptions = { endsItself: true };

/** Adds `redrive`, `discard`, `restore` and `edit`. The audit trail records each of them. */
export function addChanges(dlq: Command, whenConnected: WhenConnected<QueueSession>): void {
  const redrive = dlq
    .command('redrive <queue> [ids...]')
    .description('Run dead letters again: by id, or all that match a filter as a task');
  addActorOption(
    addFilterOptions(redrive)
      .option('--all', 'redrive all dead letters of the queue')
      .option('--dry-run', 'only count them')
      .option('--rate <n>', 'jobs per second (default: 50)')
      .option('--canary <n>', 'jobs that run first and must succeed; 0 for none (default: 1)')
      .option('--canary-timeout <duration>', 'max duration of the canary (default: 2m)')
      .option('--max-failed-ratio <r>', 'stop above this share of failures (default: 0.2)')
      .option('--on-interrupt <what>', 'at Ctrl-C: stop (you can resume it) or cancel', 'stop'),
  )
    .option('--yes', 'do not ask')
    .action(
      whenConnected<RedriveManyFlags>((context, flags, [queue, ...ids]) => {
        const given = ids.filter((id) => id !== undefined);
        if (given.length === 0) return redriveMany(context, queue!, flags);
        const { session } = context;
        const filter = filterOf(flags, session.clock.now());
        if (flags.all || flags.dryRun || Object.keys(filter).length > 0) {
          throw new OptionError('ids', given.length, 'pass ids or a filter, not both');
        }
        return commandEach(context, queue!, given, flags, 'redriven', (admin, actor, id) =>
          session.commands.redrive(admin, actor, id),
        );
      }, ENDS_ITSELF),
    );
  addActorOption(
    dlq
      .command('discard <queue> <ids...>')
      .description('Discard dead letters; by default you can restore them for 30 days')
      .requiredOption('--reason <text>', 'why you discard them'),
  )
    .option('--yes', 'do not ask')
    .action(
      whenConnected<EachFlags & { readonly reason: string; readonly yes?: boolean }>(
        async (context, flags, [queue, ...ids]) => {
          if (flags.reason.trim() === '') {
            throw new OptionError('--reason', '', 'write why you discard them');
          }
          const what = ids.length === 1 ? `'${ids[0]}'` : `${ids.length} dead letters`;
          const refused = await context.confirm(`Discard ${what} of '${queue}'?`, flags.yes);
          if (refused !== undefined) return refused;
          return commandEach(context, queue!, ids, flags, 'discarded', (admin, actor, id) =>
            context.session.commands.discard(admin, actor, id, flags.reason),
          );
        },
        ENDS_ITSELF,
      ),
    );
  addActorOption(
    dlq.command('restore <queue> <ids...>').description('Make discarded jobs dead letters again'),
  ).action(
    whenConnected<EachFlags>(
      (context, flags, [queue, ...ids]) =>
        commandEach(context, queue!, ids, flags, 'restored', (admin, actor, id) =>
          context.session.commands.restore(admin, actor, id),
        ),
      ENDS_ITSELF,
    ),
  );
  addActorOption(
    dlq
      .command('edit <queue> <id>')
      .description('Replace the payload of a dead letter and run it again')
      .option('--file <path>', 'the payload as JSON, - for the standard input (default: $EDITOR)')
      .option('--revision <revision>', 'fail if the dead letter has another revision'),
  ).action(
    whenConnected<EditFlags>(
      (context, flags, [queue, id]) => editPayload(context, queue!, id!, flags),
      ENDS_ITSELF,
    ),
  );
}
