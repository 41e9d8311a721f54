// How long `npm start` takes until the stack is ready, and how much memory each service then uses.
import {
  OwnProcess,
  createTemporaryFolder,
  freePort,
  removeTemporaryFolder,
} from '@loyalnest/testing';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Figure, Topic } from './figure.js';

const READY_BAR_S = 15;
const MEMORY_BAR_MIB = 150;
const PORTS = ['GATEWAY_PORT', 'POINTS_PORT', 'REFERRALS_PORT', 'SIMULATOR_PORT'];
const SERVICES = ['api-gateway', 'points-service', 'referrals-service', 'partner-simulator'];

/** Long enough for timers, pools and samplers to start. */
const SETTLE_MS = 5_000;

interface StackRecord {
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

function residentMib(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  const status = stdout || /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(status) / 1024;
}

const startup: Topic = async () => {
  const folder = createTemporaryFolder('bench');
  const ports = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())]));
  const startedAt = performance.now();
  const stack = OwnProcess.start({
    name: 'npm start',
    command: 'npm',
    args: ['start'],
    cwd: resolve(import.meta.dirname, '..'),
    env: { ...process.env, ...Object.fromEntries(ports), DEV_STACK_DIR: folder },
  });
  try {
    await stack.waitForLine(/^Ready in/, 60_000);
    const readyS = (performance.now() - startedAt) / 1000;
    await new Promise((settled) => setTimeout(settled, SETTLE_MS));
    const record = JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')) as StackRecord;
    const memory = record.processes
      .filter(({ name }) => SERVICES.includes(name))
      .map(({ name, pid }): Figure => {
        const value = residentMib(pid);
        return {
          name: `startup/memory-${name}`,
          value,
          unit: 'MiB',
          bar: MEMORY_BAR_MIB,
          direction: '<=',
        };
      });
    return [
      { name: 'startup/ready', value: readyS, unit: 's', bar: READY_BAR_S, direction: '<=' },
      ...memory,
    ];
  } finally {
    await stack.end(12_000);
    await removeTemporaryFolder(folder);
  }
};

export default startup;
