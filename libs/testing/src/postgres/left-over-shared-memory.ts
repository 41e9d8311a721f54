import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/run.js';

/**
 * Removes the shared memory segment of a server that was killed. The kernel
 * keeps such segments until the next boot, and allows only some thousands of them.
 */
export async function removeSharedMemory(dataDir: string): Promise<void> {
  let pidFile: string;
  try {
    pidFile = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8');
  } catch {
    // It ended in order: the file is gone, and the segment with it.
    return;
  }
  // Line 7 holds the segment's key and its id.
  const id = pidFile.split('\n')[6]?.trim().split(/\s+/)[1];
  if (id === undefined) return;
  await run('ipcrm', ['-m', id]).catch((error: unknown) => {
    process.emitWarning(`a shared memory segment of Postgres is left: ${String(error)}`);
  });
}
