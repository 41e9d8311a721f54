// Compiles changed TypeScript files of libs, apps and tools to ESM with SWC, and copies the SQL and
// JSON files that they read. `npm run check` checks the types; this build does not.
import { transformFile } from '@swc/core';
import { existsSync, globSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const started = performance.now();

interface Target {
  readonly source: string;
  readonly output: string;
}

const folders = (pattern: string): string[] => globSync(pattern, { cwd: root });
const targets: Target[] = [
  ...folders('libs/*/src').map((source) => ({ source, output: join(dirname(source), 'dist') })),
  ...folders('{apps,tools}/*/src').map((source) => ({
    source,
    output: join('dist', dirname(source)),
  })),
];

async function modified(file: string): Promise<number> {
  return existsSync(file) ? (await stat(file)).mtimeMs : 0;
}

async function compile(source: string, output: string): Promise<boolean> {
  if ((await modified(output)) >= (await modified(source))) return false;
  const { code, map } = await transformFile(source, {
    configFile: join(root, 'config/swc.json'),
    cwd: root,
  });
  await mkdir(dirname(output), { recursive: true });
  await writeFile(`${output}.map`, map ?? '');
  await writeFile(output, `${code}\n//# sourceMappingURL=${basename(output)}.map\n`);
  // npm sets the executable bit at install time, before this output exists.
  if (code.startsWith('#!')) await chmod(output, 0o755);
  return true;
}

/** Copies an asset, such as an SQL migration. */
async function copy(source: string, output: string): Promise<boolean> {
  if ((await modified(output)) >= (await modified(source))) return false;
  await mkdir(dirname(output), { recursive: true });
  await copyFile(source, output);
  return true;
}

/** Removes output without a source: imports would still find it, or a service would run the migration. */
async function removeStale(target: Target, expected: ReadonlySet<string>): Promise<void> {
  for (const file of globSync('**/*.{js,sql,json}', { cwd: join(root, target.output) })) {
    if (!expected.has(file)) await rm(join(root, target.output, file));
  }
}

async function build(target: Target): Promise<number> {
  const sources = globSync('**/*.ts', { cwd: join(root, target.source) }).filter(
    (file) => !file.endsWith('.spec.ts') && !file.endsWith('.d.ts'),
  );
  const assets = globSync('**/*.{sql,json}', { cwd: join(root, target.source) });
  const compiledFrom = (file: string): string => file.replace(/\.ts$/, '.js');
  const written = await Promise.all([
    ...sources.map((file) =>
      compile(join(root, target.source, file), join(root, target.output, compiledFrom(file))),
    ),
    ...assets.map((file) => copy(join(root, target.source, file), join(root, target.output, file))),
  ]);
  await removeStale(target, new Set([...sources.map(compiledFrom), ...assets]));
  return written.filter(Boolean).length;
}

const counts = await Promise.all(targets.map(build));
const total = counts.reduce((sum, count) => sum + count, 0);
console.log(`built ${total} files in ${Math.round(performance.now() - started)} ms`);
