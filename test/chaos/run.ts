// npm run test:chaos [-- rolling-http | rolling-jobs ...]: restarts instances under load and prints a
// ledger that compares requests or jobs with their effects. Exits with 1 if a ledger does not balance,
// or if one balances although a protection is switched off.
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
    console.error(`Unknown ledger '${name}'; use one of: ${Object.keys(LEDGERS).join(', ')}`);
    process.exit(2);
  }
  if (!(await ledger())) process.exitCode = 1;
}
