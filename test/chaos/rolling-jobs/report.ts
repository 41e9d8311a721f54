import { ledgerTable } from '../ledger-table.ts';
import { fullJobsPlan, mutatedJobsPlan } from './plans.ts';
import { JOB_MUTATIONS, RollingJobsSite, type JobLedger } from './rolling-jobs.ts';

/** Runs the ledger with SIGTERM and SIGKILL, then with each protection off. True if all outcomes are right. */
export async function rollingJobs(): Promise<boolean> {
  const site = await RollingJobsSite.start();
  const rows: Record<string, string | number>[] = [];
  let isRight = true;
  const note = (name: string, expected: 'balances' | 'fails', ledger: JobLedger): void => {
    const outcome = ledger.problems.length === 0 ? 'balances' : 'fails';
    isRight &&= outcome === expected;
    rows.push({
      ledger: `rolling-jobs ${name}`,
      restarts: ledger.restarts.length,
      'exit code': [...new Set(ledger.restarts.map(({ exitCode }) => exitCode))].join(' '),
      'exit after': `${Math.max(...ledger.restarts.map(({ exitAfterMs }) => exitAfterMs))} ms`,
      jobs: ledger.jobs,
      rows: ledger.rows,
      children: ledger.children,
      failed: ledger.failed,
      twice: ledger.twice,
      'run again': ledger.rerun,
      attempts: ledger.attempts,
      verdict: outcome === expected ? outcome : `${outcome.toUpperCase()}, unexpected`,
    });
    for (const problem of ledger.problems) console.log(`  ${name}: ${problem}`);
  };
  try {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      console.log(`rolling-jobs: five restarts with ${signal} ...`);
      note(signal, 'balances', await site.run(fullJobsPlan(signal)));
    }
    for (const mutation of JOB_MUTATIONS) {
      console.log(`rolling-jobs: with ${mutation}, which must not balance ...`);
      note(mutation, 'fails', await site.run(mutatedJobsPlan(mutation)));
    }
  } finally {
    await site.stop();
  }
  console.log(`\n${ledgerTable(rows)}\n`);
  return isRight;
}
