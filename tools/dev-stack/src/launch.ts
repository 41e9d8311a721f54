import { EnvironmentSecrets } from '@loyalnest/core/toolkit';
import { mkdirSync } from 'node:fs';
import { relative } from 'node:path';
import type { AppPlan, DatabasePlan } from './app-plan.js';
import { Stack } from './stack.js';
import { writeStackRecord } from './stack-record.js';
import { reasonOf } from './startup.error.js';
import { stopRequested } from './stop-request.js';
import { summary } from './summary.js';

export interface LaunchOptions {
  readonly apps: readonly AppPlan[];
  readonly databases: readonly DatabasePlan[];
  readonly env: NodeJS.ProcessEnv;
  /** Folder for the logs of the apps and `stack.json`. */
  readonly logFolder: string;
}

/**
 * Runs the stack until Ctrl-C, then exits: with 0 after a requested stop, with 1 if the stack could
 * not start, one of its processes died, or one did not stop cleanly. A second Ctrl-C kills
 * everything and exits with 130.
 */
export async function launch({ apps, databases, env, logFolder }: LaunchOptions): Promise<never> {
  mkdirSync(logFolder, { recursive: true });
  // A closed terminal must not prevent a clean stop.
  process.stdout.on('error', () => undefined);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const elapsed = (): string => `${(performance.now() / 1000).toFixed(1)} s`;
  const progress = (what: string): void => say(`${elapsed().padStart(8)}  ${what}`);

  const stack = new Stack({ apps, databases, env, logFolder, progress });
  const stopAsked = stopRequested(() => {
    say('Killing everything.');
    void stack.kill().finally(() => process.exit(130));
  }).then(() => 'asked' as const);
  let forget = (): void => undefined;

  const run = async (): Promise<never> => {
    say('Starting LoyalNest. Ctrl-C stops everything.');
    const urls = await stack.start();
    forget = writeStackRecord(logFolder, urls, stack.processes);
    say(`\nReady in ${elapsed()}.\n`);
    for (const line of summary(apps, urls, (app) => stack.logFile(app))) say(line);
    throw await stack.failed;
  };

  const failure = await Promise.race([stopAsked, stack.failed, run().catch((error) => error)]);
  const asked = failure === 'asked';
  if (asked) say('\nStopping: the gateway first, then the services, then Postgres and Redis.');
  else
    process.stderr.write(
      `\n${new EnvironmentSecrets(env).hide(reasonOf(failure))}\n\nStopping everything. Logs: ${relative(process.cwd(), logFolder)}\n`,
    );
  forget();
  const complaints = await stack.stop();
  say(`Stopped.`);
  process.exit(asked && complaints.length === 0 ? 0 : 1);
}
