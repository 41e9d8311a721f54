// npm run test:chaos [-- rolling-http | rolling-jobs ...]: restarts instances under load, prints a
// ledger of what was asked and what came of it, and exits with 1 if one does not balance - or if
// one balances although a protection is switched off.
import { rollingHttp } from './rolling-http/report.ts';
import { rollingJobs } from './rolling-jobs/report.ts';

const LEDGERS: Readonly<Record<string, () => Promise<boolean>>> = {
  'rolling-http': rollingHttp,
  'rolling-jobs': rollingJobs,
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(LEDGERS);
for (const name of chosen) {
  const ledger = LEDGERS[name];
  if (!ledger) {
    console.error(`There is no ledger ${name}; there are: ${Object.keys(LEDGERS).join(', ')}`);
    process.exit(2);
  }
  if (!(await ledger())) process.exitCode = 1;
}
