import { readQueueOverview } from '@loyalnest/queue/operator';
import type { CommandGroup } from '../../command/command-group.js';
import { EXIT } from '../../exit/exit-code.js';
import { actorOf, addActorOption, type ActorFlags } from '../../options/actor-option.js';
import { openQueueSession } from '../../session/queue-session.js';
import { queueTable, readOverviews } from './queue-table.js';

const SWITCHES = {
  pause: 'Stop the workers of all processes from taking jobs of a queue',
  resume: 'Let the workers take jobs of a queue again',
} as const;

/** `queues`, `pause` and `resume`. */
export const queuesGroup: CommandGroup = {
  name: 'queues',
  register(program, shell) {
    const whenConnected = shell.connected(openQueueSession);
    program
      .command('queues')
      .description('List all queues: jobs by state, ages, workers and dead letters')
      .action(
        whenConnected(async (context) => {
          const queues = await readOverviews(context.session, await context.session.queues());
          context.show({ queues }, () => queueTable(context, queues));
          return EXIT.ok;
        }),
      );
    for (const name of ['pause', 'resume'] as const) {
      addActorOption(program.command(`${name} <queue>`).description(SWITCHES[name])).action(
        whenConnected<ActorFlags>(async (context, flags, [queue]) => {
          const admin = await context.session.admin(queue!);
          await context.session.commands[name](admin, actorOf(flags));
          const overview = await readQueueOverview(admin.letters, admin.redrives);
          context.show(overview, () => queueTable(context, [overview]));
          return EXIT.ok;
        }),
      );
    }
  },
};
