import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processGuard } from './process-guard.js';

/** Creates an empty folder that is removed when this process ends, if not before. */
export function createTemporaryFolder(name: string, parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `loyalnest-${name}-`));
  processGuard.own(folder);
  return folder;
}

export async function removeTemporaryFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  processGuard.disown(folder);
}

/** Runs `task` with a folder that is removed when the task ends. */
export async function withTemporaryFolder<T>(
  name: string,
  task: (folder: string) => Promise<T>,
  parent?: string,
): Promise<T> {
  const folder = createTemporaryFolder(name, parent);
  try {
    return await task(folder);
  } finally {
    await removeTemporaryFolder(folder);
  }
}
