import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually/eventually.js';
import { guardProgram } from './guard-program.js';
import { createTemporaryFolder, removeTemporaryFolder } from './temporary-folder.js';

/** A program that starts a guard for a sleeping child and a folder, like {@link processGuard}. */
const parentProgram = (folder: string, sleeperScript: string): string => `
  const { spawn } = require('node:child_process');
  const { mkdirSync, writeFileSync } = require('node:fs');
  const guard = spawn(process.execPath, ['--eval', ${JSON.stringify(`(${guardProgram.toString()})()`)}], {
    detached: true, stdio: ['pipe', 'ignore', 'ignore'],
  });
  const sleeper = spawn(process.execPath, ['--eval', ${JSON.stringify(sleeperScript)}], {
    detached: true, stdio: ['ignore', 'pipe', 'ignore'],
  });
  guard.stdin.write(JSON.stringify({ watch: { pid: sleeper.pid, signal: 'SIGTERM' } }) + '\\n');
  mkdirSync(${JSON.stringify(join(folder, 'data'))});
  guard.stdin.write(JSON.stringify({ own: ${JSON.stringify(join(folder, 'data'))} }) + '\\n');
  sleeper.stdout.once('data', () => {
    writeFileSync(${JSON.stringify(join(folder, 'pids'))}, sleeper.pid + ' ' + guard.pid);
  });
`;

const isRunning = (pid: number): boolean => {
  try {
    // In a container without a reaping init, a zombie still looks like a process.
    const stat = existsSync('/proc/self') ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    return process.kill(pid, 0) && !/\) Z /.test(stat);
  } catch {
    return false;
  }
};

describe('the process guard', () => {
  let folder: string;
  let parent: ChildProcess;
  let sleeper: number;
  let guard: number;

  const start = async (sleeperScript: string): Promise<void> => {
    parent = spawn(process.execPath, ['--eval', parentProgram(folder, sleeperScript)]);
    const pids = await eventually(() => {
      const text = existsSync(join(folder, 'pids')) && readFileSync(join(folder, 'pids'), 'utf8');
      return text ? text.split(' ').map(Number) : false;
    });
    [sleeper, guard] = pids as [number, number];
  };

  beforeEach(() => {
    folder = createTemporaryFolder('guard');
  });

  afterEach(async () => {
    parent.kill('SIGKILL');
    await removeTemporaryFolder(folder);
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends the processes and removes the folders of a parent that receives %s',
    async (signal) => {
      await start('console.log("up"); setInterval(() => {}, 1000)');
      expect(isRunning(sleeper)).toBe(true);
      parent.kill(signal);
      await eventually(() => !isRunning(sleeper) && !isRunning(guard), { what: 'their end' });
      expect(existsSync(join(folder, 'data'))).toBe(false);
    },
  );

  it('kills a process that ignores its end signal', async () => {
    await start('process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)');
    parent.kill('SIGKILL');
    await eventually(() => !isRunning(sleeper), { within: '8s', what: 'its end' });
  });

  it('ends a process that is stopped by SIGSTOP', async () => {
    await start('console.log("up"); setInterval(() => {}, 1000)');
    process.kill(sleeper, 'SIGSTOP');
    parent.kill('SIGKILL');
    await eventually(() => !isRunning(sleeper), { what: 'its end' });
  });
});
