import type { CommandGroup } from '../../command/command-group.js';
import { EXIT } from '../../exit/exit-code.js';
import { actorOf, addActorOption, type ActorFlags } from '../../options/actor-option.js';
import { openQueueSession } from '../../session/queue-session.js';
import { endOf, RedriveRun, type OnInterrupt } from './redrive-run.js';
import { taskTable } from './task-table.js';

interface ResumeFlags extends ActorFlags {
  readonly onInterrupt: OnInterrupt;
}

/** `redrives` with its commands. `dlq redrive` starts the tasks. */
export const redriveGroup: CommandGroup = {
  name: 'redrive',
  register(program, shell) {
    const whenConnected = shell.connected(openQueueSession);
    const redrives = program.command('redrives').description('Manage redrive tasks');
    redrives
      .command('list <queue>')
      .description('List the last tasks, newest first')
      .action(
        whenConnected(async (context, _flags, [queue]) => {
          const tasks = await (await context.session.admin(queue!)).redrives.list();
          context.show({ tasks }, () => taskTable(context, tasks));
          return EXIT.ok;
        }),
      );
    redrives
      .command('show <queue> <task>')
      .description('Show one task')
      .action(
        whenConnected(async (context, _flags, [queue, id]) => {
          const task = await (await context.session.admin(queue!)).redrives.get(id!);
          context.show(task, () => taskTable(context, [task]));
          return EXIT.ok;
        }),
      );
    const cancel = redrives
      .command('cancel <queue> <task>')
      .description('End a task; it redrives nothing more once this command has returned');
    addActorOption(cancel).action(
      whenConnected<ActorFlags>(async (context, flags, [queue, id]) => {
        const admin = await context.session.admin(queue!);
        const task = await context.session.commands.cancelRedrive(admin, actorOf(flags), id!);
        context.show(task, () => taskTable(context, [task]));
        return EXIT.ok;
      }),
    );
    const resume = redrives
      .command('resume <queue>')
      .description('Continue the active task, or follow the process that runs it');
    addActorOption(resume)
      .option('--on-interrupt <what>', 'at Ctrl-C: stop (you can resume it) or cancel', 'stop')
      .action(
        whenConnected<ResumeFlags>(
          async (context, flags, [queue]) => {
            const admin = await context.session.admin(queue!);
            const run = new RedriveRun(context, admin, actorOf(flags), flags.onInterrupt);
            const task = await admin.redrives.active();
            if (!task) {
              context.show({}, () => `queue '${queue}' has no active redrive task\n`);
              return EXIT.ok;
            }
            const end = await run.toEnd(task);
            context.show(end, () => taskTable(context, [end]));
            return endOf(end, context.io.interrupted.aborted);
          },
          { endsItself: true },
        ),
      );
  },
};
