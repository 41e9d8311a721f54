import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';

/** Memory of a control group (cgroup) that has a limit. */
export interface CgroupMemory {
  /** Excludes inactive file pages: the kernel frees them before it kills a process. */
  readonly usedBytes: number;
  readonly limitBytes: number;
}

interface Version {
  readonly limit: string;
  readonly used: string;
  readonly reclaimable: RegExp;
}

const V1: Version = {
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  reclaimable: /^total_inactive_file (\d+)$/m,
};
const V2: Version = {
  limit: 'memory.max',
  used: 'memory.current',
  reclaimable: /^inactive_file (\d+)$/m,
};

/** Version 1 reports a number near 2^63 when there is no limit. */
const NO_LIMIT_BYTES = 2 ** 60;

/**
 * Returns the group of this process that is closest to its limit: its own group or one that contains
 * it. Undefined if none has a limit, as outside containers. Reads cgroups of versions 1 and 2.
 *
 * `process.constrainedMemory()` reads only the process's own group. ADR 10 compares both.
 */
export async function cgroupMemory(root: string, file: string): Promise<CgroupMemory | undefined> {
  const groups = await Promise.all(
    candidates(root, await read(file)).map(([folder, version]) => readGroup(folder, version)),
  );
  return groups
    .filter((group) => group !== undefined)
    .toSorted((a, b) => b.usedBytes / b.limitBytes - a.usedBytes / a.limitBytes)[0];
}

/**
 * The process's group and its parents. In a container the path may be the host's path, which does not
 * exist here. The root, which is always a candidate, is then the container's group.
 */
function candidates(root: string, membership = ''): readonly (readonly [string, Version])[] {
  const own = (line: RegExp): readonly string[] => upwards(line.exec(membership)?.[1] ?? '/');
  return [
    ...own(/^0::(\/.*)$/m).map((path) => [posix.join(root, path), V2] as const),
    ...own(/^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m).map(
      (path) => [posix.join(root, 'memory', path), V1] as const,
    ),
  ];
}

/** `/a/b` gives `/a/b`, `/a` and `/`. */
function upwards(path: string): readonly string[] {
  const parent = posix.dirname(path);
  return parent === path ? [path] : [path, ...upwards(parent)];
}

async function readGroup(folder: string, version: Version): Promise<CgroupMemory | undefined> {
  const limitBytes = Number(await read(posix.join(folder, version.limit)));
  // Without a limit, the file is missing, contains `max`, or a number that no machine reaches.
  if (!(limitBytes > 0 && limitBytes < NO_LIMIT_BYTES)) return undefined;
  const used = Number(await read(posix.join(folder, version.used)));
  const stat = (await read(posix.join(folder, 'memory.stat'))) ?? '';
  const reclaimable = Number(version.reclaimable.exec(stat)?.[1] ?? 0);
  return { usedBytes: Math.max(0, used - reclaimable), limitBytes };
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
