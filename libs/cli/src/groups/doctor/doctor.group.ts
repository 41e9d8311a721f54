import { durationMs } from '@loyalnest/core';
import type { CommandGroup } from '../../command/command-group.js';
import { EXIT } from '../../exit/exit-code.js';
import { openQueueSession } from '../../session/queue-session.js';
import { examine } from './examine.js';
import type { Verdict } from './finding.js';
import { inColour, reportLines } from './report.js';

interface DoctorFlags {
  readonly dedupeWindow?: string;
  readonly fast?: boolean;
  readonly strict?: boolean;
}

const MAX_WINDOW_MS = 100 * 366 * 86_400_000;

/** `doctor`. */
export const doctorGroup: CommandGroup = {
  name: 'doctor',
  register(program, shell) {
    const whenConnected = shell.connected(openQueueSession);
    program
      .command('doctor')
      .description('Find problems that lose jobs or keep them from running')
      .option('--dedupe-window <duration>', 'how long your inbox remembers effects, such as 30d')
      .option('--fast', 'skip the search through every key')
      .option('--strict', 'exit with 1 for warnings too')
      .action(
        whenConnected<DoctorFlags>(async (context, { dedupeWindow, fast = false, strict }) => {
          const window = { minMs: 1, maxMs: MAX_WINDOW_MS };
          const checks = await examine(context, {
            thorough: !fast,
            ...(dedupeWindow !== undefined && {
              dedupeWindowMs: durationMs('--dedupe-window', dedupeWindow, window),
            }),
          });
          const has = (wanted: Verdict): boolean =>
            checks.some((check) => check.verdict === wanted);
          const verdict = has('fail') ? 'fail' : has('warn') ? 'warn' : 'ok';
          context.show(
            { verdict, checks },
            () => reportLines(context, checks),
            context.inColor ? inColour : undefined,
          );
          return verdict === 'fail' || (verdict === 'warn' && strict) ? EXIT.failed : EXIT.ok;
        }),
      );
  },
};
