import { ledgerTable } from '../ledger-table.ts';
import { fullHttpPlan, mutatedHttpPlan } from './plans.ts';
import { HTTP_MUTATIONS, RollingHttpSite, type HttpLedger } from './rolling-http.ts';

/** Runs the ledger on both adapters, then with each protection off. True if all outcomes are right. */
export async function rollingHttp(): Promise<boolean> {
  const site = await RollingHttpSite.start();
  const rows: Record<string, string | number>[] = [];
  let isRight = true;
  const note = (name: string, expected: 'balances' | 'fails', ledger: HttpLedger): void => {
    // A mutation must lose requests; a wrong exit code alone does not count.
    const wrong = expected === 'fails' ? Object.keys(ledger.lost) : ledger.problems;
    const outcome = wrong.length === 0 ? 'balances' : 'fails';
    isRight &&= outcome === expected;
    rows.push({
      ledger: `rolling-http ${name}`,
      restarts: ledger.restarts.length,
      'removed after': ledger.restarts.map(({ removalLagMs }) => removalLagMs).join(' ') + ' ms',
      'exit code': ledger.restarts.map(({ exitCode }) => exitCode).join(' '),
      'exit after': ledger.restarts.map(({ exitAfterMs }) => exitAfterMs).join(' ') + ' ms',
      requests: ledger.requests,
      fresh: ledger.fresh,
      slow: ledger.slow,
      accepted: ledger.accepted,
      effects: ledger.effects,
      twice: ledger.twice,
      verdict: outcome === expected ? outcome : `${outcome.toUpperCase()}, unexpected`,
    });
    for (const problem of ledger.problems) console.log(`  ${name}: ${problem}`);
  };
  try {
    for (const adapter of ['express', 'fastify'] as const) {
      console.log(`rolling-http: three restarts on ${adapter} ...`);
      note(adapter, 'balances', await site.run(fullHttpPlan(adapter)));
    }
    for (const mutation of HTTP_MUTATIONS) {
      console.log(`rolling-http: with ${mutation}, which must lose requests ...`);
      note(mutation, 'fails', await site.run(mutatedHttpPlan(mutation)));
    }
  } finally {
    await site.stop();
  }
  console.log(`\n${ledgerTable(rows)}\n`);
  return isRight;
}
