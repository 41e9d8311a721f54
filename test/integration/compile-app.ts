import { transformFile } from '@swc/core';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

async function compile(source: string, output: string): Promise<void> {
  const configFile = join(root, 'config/swc.json');
  const { code } = await transformFile(source, { configFile, cwd: root, sourceMaps: false });
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, code);
}

/**
 * Compiles an app and the current sources of the libs that it imports to ESM in a new folder. It
 * neither needs nor changes the build output. `remove` deletes the folder.
 *
 * @param parts more files in the folder of `source`, which it imports
 */
export async function compileApp(
  source: string,
  libs: readonly string[],
  parts: readonly string[] = [],
): Promise<{ readonly entry: string; remove(): void }> {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache/app-'));
  const entry = join(folder, 'main.mjs');
  const work = libs.flatMap((lib) => {
    const target = join(folder, 'node_modules/@loyalnest', lib);
    mkdirSync(target, { recursive: true });
    copyFileSync(join(root, 'libs', lib, 'package.json'), join(target, 'package.json'));
    const from = join(root, 'libs', lib, 'src');
    return globSync('**/*.ts', { cwd: from })
      .filter((file) => !file.endsWith('.spec.ts'))
      .map((file) => compile(join(from, file), join(target, 'dist', file.replace(/\.ts$/, '.js'))));
  });
  const beside = parts.map((part) =>
    compile(join(dirname(source), part), join(folder, basename(part, '.ts').concat('.js'))),
  );
  await Promise.all([...work, ...beside, compile(source, entry)]);
  return { entry, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
