// npm run bench [-- topic ...] [--json FILE]: runs the topics (default: all), prints each figure with
// its bar, and exits with 1 if one misses it.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Figure, Topic } from './figure.js';

const root = resolve(import.meta.dirname, '..');
const NO_TOPICS = ['run', 'figure'];
const SHOWN_VERSIONS = ['@nestjs/core', 'bullmq', 'ioredis', 'opossum', 'pg', 'fastify'];

const known = globSync('*.ts', { cwd: import.meta.dirname })
  .map((file) => basename(file, '.ts'))
  .filter((name) => !NO_TOPICS.includes(name) && !name.includes('.'))
  .toSorted();

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const unknown = positionals.filter((topic) => !known.includes(topic));
if (unknown.length > 0) {
  console.error(`Unknown topic '${unknown.join("', '")}'; use one of: ${known.join(', ')}`);
  process.exit(2);
}

const holds = ({ value, bar, direction }: Figure): boolean =>
  direction === '<=' ? value <= bar : value >= bar;

const shown = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

const figures: Figure[] = [];
const failures: string[] = [];
for (const topic of positionals.length > 0 ? positionals : known) {
  const file = new URL(`./${topic}.ts`, import.meta.url).href;
  try {
    const { default: measure } = (await import(file)) as { default: Topic };
    for (const figure of await measure()) {
      figures.push(figure);
      const { name, value, unit, bar, direction } = figure;
      const verdict = holds(figure) ? 'ok' : 'short';
      console.log(`${name}: ${shown(value)} ${unit} (bar ${direction} ${bar}) ${verdict}`);
    }
  } catch (error) {
    failures.push(topic);
    console.error(`${topic}: the measurement failed.`, error);
  }
}

if (values.json !== undefined) {
  const report = {
    at: new Date().toISOString(),
    commit: gitHead(),
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryMib: Math.round(totalmem() / 1024 / 1024),
      os: `${platform()} ${release()} ${arch()}`,
    },
    versions: { node: process.version, ...installedVersions() },
    figures: figures.map((figure) => ({ ...figure, ok: holds(figure) })),
    failures,
  };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exitCode = failures.length === 0 && figures.every(holds) ? 0 : 1;

function gitHead(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' (changed)';
    return `${git('rev-parse', 'HEAD').trim()}${changed}`;
  } catch {
    return 'not in a git checkout';
  }
}

function installedVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of SHOWN_VERSIONS) {
    const file = join(root, 'node_modules', name, 'package.json');
    if (!existsSync(file)) continue;
    versions[name] = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return versions;
}
