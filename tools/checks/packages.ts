import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pinProblems } from './pinned-packages.ts';
import { typePackageProblems, type PackageManifest } from './type-packages.ts';

const run = promisify(execFile);

/**
 * Problems that users of the public libs would run into: missing entry points, wrong export
 * conditions, types that do not resolve, types that need undeclared packages, and libs of the suite in
 * a version that was not released together with them. Needs `dist` with code and types.
 */
export async function packageProblems(root: string): Promise<readonly string[]> {
  const folders = globSync('libs/*/package.json', { cwd: root })
    .filter((file) => !manifestOf(join(root, file)).private)
    .map((file) => dirname(file));
  const versions = new Map(
    folders.map((folder) => {
      const { name = '', version = '' } = manifestOf(join(root, folder, 'package.json'));
      return [name, version];
    }),
  );
  const problems = await Promise.all(
    folders.map(async (folder) => [
      ...(await publintProblems(join(root, folder))),
      ...(await typeProblems(root, folder)),
      ...typePackageProblems(root, folder, manifestOf(join(root, folder, 'package.json'))),
      ...pinProblems(manifestOf(join(root, folder, 'package.json')), versions),
    ]),
  );
  return problems.flatMap((found, index) => found.map((text) => `${folders[index]}: ${text}`));
}

type Manifest = PackageManifest & {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
};

function manifestOf(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}

async function publintProblems(pkgDir: string): Promise<readonly string[]> {
  const { messages, pkg } = await publint({ pkgDir, strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

/** Runs "Are the types wrong?" with its profile for ESM-only packages. */
async function typeProblems(root: string, folder: string): Promise<readonly string[]> {
  const options = ['--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-color'];
  try {
    await run(join(root, 'node_modules/.bin/attw'), ['--pack', folder, ...options], { cwd: root });
    return [];
  } catch (error) {
    const { stdout, message } = error as { stdout?: string; message: string };
    return [`the types do not resolve\n${stdout || message}`];
  }
}
