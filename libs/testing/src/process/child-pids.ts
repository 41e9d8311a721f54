import { readdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

/** The pids of the direct children of process `pid`. */
export function childPids(pid: number): number[] {
  return parentsByPid()
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child);
}

function parentsByPid(): [pid: number, parent: number][] {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  }
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => [Number(entry), parentOf(entry)]);
}

function parentOf(pid: string): number {
  try {
    // The second field, the command in brackets, may contain anything. The parent's pid follows it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return -1;
  }
}
