import { durationMs } from '@loyalnest/core';
import { isRedisOutage } from '@loyalnest/queue/operator';
import type { CommandGroup } from '../../command/command-group.js';
import { EXIT } from '../../exit/exit-code.js';
import { InterruptedError, unlessInterrupted } from '../../exit/interrupted.error.js';
import { openQueueSession } from '../../session/queue-session.js';
import { CLEAR_ALL } from './screen.js';
import { TopView } from './top-view.js';

interface TopFlags {
  readonly interval: string;
  readonly once?: boolean;
}

/** `top`. */
export const topGroup: CommandGroup = {
  name: 'top',
  register(program, shell) {
    const whenConnected = shell.connected(openQueueSession);
    program
      .command('top')
      .description('Watch the queues until Ctrl-C')
      .option('--interval <duration>', 'time between updates', '2s')
      .option('--once', 'read the queues once, for scripts')
      .action(
        whenConnected<TopFlags>(
          async (context, { interval, once }) => {
            const everyMs = durationMs('--interval', interval, { minMs: 100 });
            const { io, session, json } = context;
            const live = io.isTerminal && !once && !json;
            if (live) io.drawOut(CLEAR_ALL);
            const view = new TopView(context, live);
            while (!io.interrupted.aborted) {
              try {
                await unlessInterrupted(view.update(), io.interrupted);
              } catch (error) {
                if (error instanceof InterruptedError) break;
                // A person keeps watching until Redis is back; a script needs the exit code.
                if (!live || !isRedisOutage(error)) throw error;
                view.show('Redis does not answer; trying again\n');
              }
              if (once) break;
              const { interrupted: signal } = io;
              await session.clock.sleep(everyMs, { signal }).catch(() => undefined);
            }
            return EXIT.ok;
          },
          { endsItself: true },
        ),
      );
  },
};
