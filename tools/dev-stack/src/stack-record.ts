import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackUrls } from './app-plan.js';
import type { Member } from './member.js';

/** The content of `stack.json` in the log folder, which describes the running stack to other programs. */
export interface StackRecord {
  readonly pid: number;
  readonly urls: StackUrls;
  readonly processes: readonly { readonly name: string; readonly pid: number | undefined }[];
}

/** Writes the record; returns a function that removes it. */
export function writeStackRecord(
  folder: string,
  urls: StackUrls,
  members: readonly Member[],
): () => void {
  const file = join(folder, 'stack.json');
  const processes = members.map(({ name, pid }) => ({ name, pid }));
  const record: StackRecord = { pid: process.pid, urls, processes };
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}
