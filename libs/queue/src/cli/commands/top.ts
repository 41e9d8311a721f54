import { durationMs } from '@loyalnest/core';
import { EXIT } from '../exit-code.js';
import type { AddCommand } from '../add-command.js';
import { queueTable, readOverviews } from './queues.js';

interface TopFlags {
  readonly interval: string;
  readonly once?: boolean;
}

/** Cursor to the corner, and away with what is below it: no flicker. */
const HOME = '\u001b[H';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_ALL = '\u001b[2J';
const CLEAR_LINE_ENDS = /\n/g;

export const topCommand: AddCommand = (program, whenConnected) => {
  program
    .command('top')
    .description('the queues as they change; Ctrl-C ends it')
    .option('--interval <duration>', 'how often to look', '2s')
    .option('--once', 'look once, for scripts')
    .action(
      whenConnected<TopFlags>(async (context, { interval, once }) => {
        const everyMs = durationMs('--interval', interval, { minMs: 100 });
        const { io, session, json } = context;
        const live = io.isTerminal && !once && !json;
        if (live) io.out(CLEAR_ALL);
        while (!io.interrupted.aborted) {
          const queues = await readOverviews(session);
          const at = new Date(session.clock.now()).toISOString();
          context.show({ at, queues }, () => {
            const shown = `${at}\n\n${queueTable(context, queues)}`;
            if (!live) return `${shown}\n`;
            return `${HOME}${shown.replace(CLEAR_LINE_ENDS, '\u001b[K\n')}${CLEAR_BELOW}`;
          });
          if (once) break;
          const { interrupted: signal } = io;
          await session.clock.sleep(everyMs, { signal }).catch(() => undefined);
        }
        return EXIT.ok;
      }),
    );
};
