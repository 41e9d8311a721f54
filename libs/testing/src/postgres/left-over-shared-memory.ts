import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/run.js';

/**
 * Removes the shared memory segment of a killed server. The kernel keeps such segments until the
 * next boot and allows only a few thousand of them.
 */
export async function removeSharedMemory(dataDir: string): Promise<void> {
  let pidFile: string;
  try {
    pidFile = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8');
  } catch {
    // After a clean shutdown the file and the segment are gone.
    return;
  }
  // Line 7 holds the segment's key and its id.
  const id = pidFile.split('\n')[6]?.trim().split(/\s+/)[1];
  if (id === undefined) return;
  await run('ipcrm', ['-m', id]).catch((error: unknown) => {
    process.emitWarning(`could not remove a shared memory segment of Postgres: ${String(error)}`);
  });
}
