// npm run check [-- step ...]: runs the static checks, fast ones first. A failing step does not stop
// the others; the exit code is 1 if any step failed.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { asyncContextProblems } from './checks/async-context.ts';
import { exampleProblems } from './checks/examples.ts';
import { linkProblems } from './checks/links.ts';
import { lockfileProblems } from './checks/lockfile.ts';
import { manifestProblems } from './checks/manifests.ts';
import { nameBudgetProblems } from './checks/name-budgets.ts';
import { packageProblems } from './checks/packages.ts';
import { generatedProblems } from './generated/generated-files.ts';

const root = resolve(import.meta.dirname, '..');

/** Returns the problems as text; empty if there are none. */
type Check = () => string | Promise<string>;

const command =
  (name: string, ...args: readonly string[]): Check =>
  () => {
    const { status, stdout, stderr, error } = spawnSync(name, args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1_048_576,
    });
    if (status === 0) return '';
    return `${stdout ?? ''}${stderr ?? ''}` || String(error ?? `exit code ${status}`);
  };

const tool = (name: string, ...args: readonly string[]): Check =>
  command(join(root, 'node_modules/.bin', name), ...args);

const problems =
  (find: (root: string) => readonly string[] | Promise<readonly string[]>): Check =>
  async () =>
    (await find(root)).join('\n');

/** Folders with code. */
const SOURCES = ['libs', 'apps', 'tools', 'test', 'bench'];

const STEPS: Readonly<Record<string, Check>> = {
  lockfile: problems(lockfileProblems),
  links: problems(linkProblems),
  manifests: problems(manifestProblems),
  lint: tool('oxlint', '--deny-warnings'),
  unused: tool('knip', '--config', 'config/knip.json', '--no-progress'),
  budgets: problems(nameBudgetProblems),
  contexts: problems((at) => asyncContextProblems(at)),
  architecture: tool('depcruise', '--config', 'config/dependency-cruiser.mjs', ...SOURCES),
  format: tool('prettier', '--check', '--log-level', 'warn', '.'),
  build: command(process.execPath, 'tools/build.ts'),
  generated: problems((at) => generatedProblems(at)),
  types: tool('tsc', '--build'),
  examples: problems(exampleProblems),
  packages: problems(packageProblems),
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(STEPS);
const failed: string[] = [];
for (const name of chosen) {
  const check = STEPS[name];
  if (!check) {
    console.error(`Unknown step '${name}'; use one of: ${Object.keys(STEPS).join(', ')}`);
    process.exit(2);
  }
  const started = performance.now();
  const wrong = await check();
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  if (wrong !== '') failed.push(name);
  console.log(`${wrong === '' ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (wrong !== '') console.log(`\n${wrong.trim()}\n`);
}
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}. To rerun one step: npm run check -- ${failed[0]}`);
  process.exit(1);
}
