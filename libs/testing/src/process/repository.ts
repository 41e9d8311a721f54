import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The closest parent folder of this file that contains package-lock.json. */
export function repositoryRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}

/** A folder below `.cache/` for files that are expensive to recreate; created if missing. */
export function cacheFolder(name: string): string {
  const folder = join(repositoryRoot(), '.cache', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
