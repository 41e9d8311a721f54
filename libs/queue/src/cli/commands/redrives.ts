import { actorOf } from '../cli-options.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../exit-code.js';
import { humanAge } from '../human-time.js';
import type { AddCommand } from '../add-command.js';
import type { Column } from '../table.js';
import type { RedriveTask } from '../../redrive/redrive-task.js';
import { endOf, RedriveRun, type OnInterrupt } from './redrive-run.js';

const COLUMNS: readonly Column[] = [
  { title: 'TASK' },
  { title: 'STATE' },
  { title: 'REDRIVEN', right: true },
  { title: 'OF', right: true },
  { title: 'SUCCEEDED', right: true },
  { title: 'FAILED', right: true },
  { title: 'BY' },
  { title: 'AGE', right: true },
  { title: 'NOTE', flexible: true },
];

export const redriveCommands: AddCommand = (program, whenConnected) => {
  const redrives = program.command('redrives').description('redrives of many dead letters');
  redrives
    .command('list <queue>')
    .description('the last tasks, the newest first')
    .action(
      whenConnected(async (context, _flags, [queue]) => {
        const tasks = await (await context.session.admin(queue!)).redrives.list();
        context.show({ tasks }, () => taskTable(context, tasks));
        return EXIT.ok;
      }),
    );
  redrives
    .command('show <queue> <task>')
    .description('a task as it stands')
    .action(
      whenConnected(async (context, _flags, [queue, id]) => {
        const task = await (await context.session.admin(queue!)).redrives.get(id!);
        context.show(task, () => taskTable(context, [task]));
        return EXIT.ok;
      }),
    );
  redrives
    .command('cancel <queue> <task>')
    .description('ends a task; once it answers, nothing more is redriven by it')
    .option('--by <name>', 'who asks (default: the user of this machine)')
    .action(
      whenConnected<{ by?: string }>(async (context, { by }, [queue, id]) => {
        const admin = await context.session.admin(queue!);
        const task = await context.session.commands.cancelRedrive(admin, actorOf(by), id!);
        context.show(task, () => taskTable(context, [task]));
        return EXIT.ok;
      }),
    );
  redrives
    .command('resume <queue>')
    .description('goes on with the task that is under way, or follows whoever runs it')
    .option('--by <name>', 'who asks (default: the user of this machine)')
    .option('--on-interrupt <what>', 'at Ctrl-C: stop (it can be resumed) or cancel', 'stop')
    .action(
      whenConnected<{ by?: string; onInterrupt: OnInterrupt }>(
        async (context, flags, [queue]) => {
          const admin = await context.session.admin(queue!);
          const run = new RedriveRun(context, admin, actorOf(flags.by), flags.onInterrupt);
          const task = await admin.redrives.active();
          if (!task) {
            context.show({}, () => `no redrive of ${queue} is under way\n`);
            return EXIT.ok;
          }
          const end = await run.toEnd(task);
          context.show(end, () => taskTable(context, [end]));
          return endOf(end, context.io.interrupted.aborted);
        },
        { endsItself: true },
      ),
    );
};

export function taskTable(context: CliContext, tasks: readonly RedriveTask[]): string {
  const now = context.session.clock.now();
  const rows = tasks.map((task) => [
    task.id,
    task.state,
    task.redriven,
    task.total,
    task.succeeded,
    task.failedAgain + task.failing,
    task.by,
    humanAge(now - Date.parse(task.startedAt)),
    task.note ?? '',
  ]);
  return context.table(COLUMNS, rows);
}
