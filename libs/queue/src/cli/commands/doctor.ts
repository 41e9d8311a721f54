import { durationMs } from '@loyalnest/core';
import { mastersOf } from '../../admin/queue-catalog.js';
import type { AddCommand } from '../add-command.js';
import type { CliContext } from '../cli-context.js';
import { checkConnections } from '../doctor/check-connections.js';
import { checkQueue } from '../doctor/check-queue.js';
import { checkQueueSettings } from '../doctor/check-queue-settings.js';
import { checkServer } from '../doctor/check-server.js';
import type { Finding, Verdict } from '../doctor/finding.js';
import { EXIT } from '../exit-code.js';
import type { Column } from '../table.js';

interface DoctorFlags {
  readonly dedupeWindow?: string;
  readonly fast?: boolean;
  readonly strict?: boolean;
}

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'SUBJECT' },
  { title: 'CHECK' },
  { title: 'SEEN', flexible: true },
];
const COLORS: Readonly<Record<Verdict, number>> = { ok: 32, warn: 33, fail: 31 };
const MAX_WINDOW_MS = 100 * 366 * 86_400_000;

export const doctorCommand: AddCommand = (program, whenConnected) => {
  program
    .command('doctor')
    .description('looks for what loses jobs, or keeps them from running')
    .option('--dedupe-window <duration>', 'how long your inbox knows what it has done, such as 30d')
    .option('--fast', 'leaves out the look at every key')
    .option('--strict', 'ends with 1 for a warning too')
    .action(
      whenConnected<DoctorFlags>(async (context, flags) => {
        const checks = await examine(context, flags);
        const count = (verdict: Verdict): number =>
          checks.filter((check) => check.verdict === verdict).length;
        const verdict = count('fail') > 0 ? 'fail' : count('warn') > 0 ? 'warn' : 'ok';
        context.show({ verdict, checks }, () => report(context, checks));
        return verdict === 'fail' || (verdict === 'warn' && flags.strict) ? EXIT.failed : EXIT.ok;
      }),
    );
};

async function examine(
  { session, io }: CliContext,
  { dedupeWindow, fast = false }: DoctorFlags,
): Promise<readonly Finding[]> {
  const window = { minMs: 1, maxMs: MAX_WINDOW_MS };
  const dedupeWindowMs =
    dedupeWindow === undefined ? undefined : durationMs('--dedupe-window', dedupeWindow, window);
  const nodes = mastersOf(session.redis);
  const queues = await session.queues();
  const findings: Finding[] = [];
  for (const node of nodes) findings.push(...(await checkServer(node, session.clock)));
  findings.push(...(await checkConnections(nodes, session.prefix, queues)));
  if (!fast) findings.push(...(await checkQueueSettings(nodes, session.prefix, queues)));
  for (const queue of queues) {
    if (io.interrupted.aborted) break;
    findings.push(
      ...(await checkQueue(await session.admin(queue), {
        thorough: !fast,
        signal: io.interrupted,
        ...(dedupeWindowMs !== undefined && { dedupeWindowMs }),
      })),
    );
  }
  return findings;
}

function report(context: CliContext, checks: readonly Finding[]): string {
  const rows = checks.map(({ verdict, subject, check, seen }) => [verdict, subject, check, seen]);
  const remedies = checks.flatMap(({ verdict, subject, check, remedy }) =>
    remedy === undefined ? [] : [`${verdict} ${subject} ${check}: ${remedy}\n`],
  );
  const shown = context.table(COLUMNS, rows);
  const lines = remedies.length > 0 ? `${shown}\nWhat to do:\n${remedies.join('')}` : shown;
  if (!context.inColor) return lines;
  return lines.replace(
    /^(ok|warn|fail)\b/gm,
    (word) => `\u001b[${COLORS[word as Verdict]}m${word}\u001b[0m`,
  );
}
