import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder that holds package-lock.json, found upwards from this file. */
export function repositoryRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}

/** A folder below `.cache/` for what is expensive to make again; created if missing. */
export function cacheFolder(name: string): string {
  const folder = join(repositoryRoot(), '.cache', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
