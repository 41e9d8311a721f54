import type { CommandGroup } from '../../command/command-group.js';
import { openQueueSession } from '../../session/queue-session.js';
import { addChanges } from './change-commands.js';
import { addLooks } from './look-commands.js';

/** `dlq` with its commands. */
export const deadLettersGroup: CommandGroup = {
  name: 'dead-letters',
  register(program, shell) {
    const whenConnected = shell.connected(openQueueSession);
    const dlq = program
      .command('dlq')
      .description('Inspect, redrive, discard and edit dead letters');
    addLooks(dlq, whenConnected);
    addChanges(dlq, whenConnected);
  },
};
