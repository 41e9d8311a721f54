import { durationMs } from '@loyalnest/core';
import { isRedisOutage } from '../../admin/redis-outage.js';
import type { AddCommand } from '../add-command.js';
import type { CliContext } from '../cli-context.js';
import { EXIT } from '../exit-code.js';
import { InterruptedError, unlessInterrupted } from '../interrupted.error.js';
import { queueTable, readOverviews } from './queues.js';

interface TopFlags {
  readonly interval: string;
  readonly once?: boolean;
}

/** The search for queues looks at every key. */
const FIND_QUEUES_EVERY_MS = 30_000;
/** Cursor to the corner, and away with what is below it: no flicker. */
const HOME = '\u001b[H';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_ALL = '\u001b[2J';
const CLEAR_LINE_END = '\u001b[K';

export const topCommand: AddCommand = (program, whenConnected) => {
  program
    .command('top')
    .description('the queues as they change; Ctrl-C ends it')
    .option('--interval <duration>', 'how often to look', '2s')
    .option('--once', 'look once, for scripts')
    .action(
      whenConnected<TopFlags>(
        async (context, { interval, once }) => {
          const everyMs = durationMs('--interval', interval, { minMs: 100 });
          const { io, session, json } = context;
          const live = io.isTerminal && !once && !json;
          if (live) io.out(CLEAR_ALL);
          const look = lookAgain(context);
          while (!io.interrupted.aborted) {
            try {
              await unlessInterrupted(look(live), io.interrupted);
            } catch (error) {
              if (error instanceof InterruptedError) break;
              // A person watches until Redis is back; a script has to be told.
              if (!live || !isRedisOutage(error)) throw error;
              io.out(screen(context, 'Redis does not answer; looking again\n'));
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
};

function lookAgain(context: CliContext): (live: boolean) => Promise<void> {
  const { session } = context;
  let names: readonly string[] = [];
  let foundAtMs = -Infinity;
  return async (live) => {
    const now = session.clock.now();
    if (now - foundAtMs >= FIND_QUEUES_EVERY_MS) {
      names = await session.queues();
      foundAtMs = now;
    }
    const queues = await readOverviews(session, names);
    context.show({ at: timeOf(context), queues }, () => {
      const shown = queueTable(context, queues);
      return live ? screen(context, shown) : `${timeOf(context)}\n\n${shown}\n`;
    });
  };
}

/** Over what stood there before; what does not fit would scroll it away. */
function screen(context: CliContext, shown: string): string {
  const lines = [timeOf(context), '', ...shown.trimEnd().split('\n')];
  const room = Math.max(4, context.io.rows) - 1;
  const over = lines.length - room;
  if (over > 0) lines.splice(room - 1, over + 1, `${over + 1} more do not fit`);
  return `${HOME}${lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')}${CLEAR_BELOW}`;
}

function timeOf({ session }: CliContext): string {
  return new Date(session.clock.now()).toISOString();
}
