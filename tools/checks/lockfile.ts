import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly link?: boolean }>
  >;
}

/** Entries of the lock file that name where to download from: behind another registry they fail. */
export function lockfileProblems(root: string): readonly string[] {
  const { packages } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  ) as Lockfile;
  return Object.entries(packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
    .map(([path, { resolved }]) => `package-lock.json: ${path} names an address: ${resolved}`);
}
