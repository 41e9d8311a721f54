// What load shedding is worth: twice the requests that one core can serve, through a gateway, with and
// without it. Gateway, points service and load generator run in their own processes. The points service
// has a core of its own, where the system has `taskset` and two cores.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure, Topic } from './figure.js';
import { DEADLINE_MS, type Load, type LoadResult } from './overload.load.ts';

/** Design goal: answers in time at twice the capacity, as a share of the best load. */
const MIN_GOODPUT = 0.9;
/** Without shedding, the service must not keep up, else the load proves nothing. */
const MAX_GOODPUT_WITHOUT = 0.5;
/** Only catches large regressions. */
const MAX_REFUSAL_US = 60;

const SECONDS = 18;
const WARM_UP_SECONDS = 6;
const SHARES_OF_CAPACITY = [0.7, 0.85, 0.95];
const OVERLOAD = 2;
const REFUSED_RATE = 1_500;

const canPin =
  availableParallelism() >= 2 && spawnSync('taskset', ['--version']).error === undefined;

const overload: Topic = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-overload-'));
  const load = Process.start('overload.load.ts', [], 1);
  try {
    const shedding = await measure('shed', folder, load);
    const without = await measure('serve-all', folder, load);
    const peak = Math.max(...without.goodputs, ...shedding.goodputs);
    const share = ({ overloaded }: Measured): number => overloaded.good / COUNTED_SECONDS / peak;
    return [
      {
        name: 'overload/goodput',
        value: share(shedding),
        unit: `of a peak of ${peak.toFixed(0)} per second in time, at ${OVERLOAD} times the capacity`,
        bar: MIN_GOODPUT,
        direction: '>=',
      },
      {
        name: 'overload/p99-accepted',
        value: shedding.overloaded.p99Ms,
        unit: `ms (p50 ${shedding.overloaded.p50Ms.toFixed(0)} ms)`,
        bar: DEADLINE_MS,
        direction: '<=',
      },
      {
        name: 'overload/goodput-without-shedding',
        value: share(without),
        unit: `of the peak, at the same load (p50 ${without.overloaded.p50Ms.toFixed(0)} ms)`,
        bar: MAX_GOODPUT_WITHOUT,
        direction: '<=',
      },
      {
        name: 'overload/opened-circuits',
        value: shedding.opened,
        unit: 'circuits opened by refusals',
        bar: 0,
        direction: '<=',
      },
      await refusalCost(folder, load),
    ];
  } finally {
    load.stop();
    rmSync(folder, { recursive: true });
  }
};

export default overload;

const COUNTED_SECONDS = SECONDS - WARM_UP_SECONDS;

interface Measured {
  /** Answers in time per second, at loads below the capacity. */
  readonly goodputs: readonly number[];
  readonly overloaded: LoadResult;
  readonly opened: number;
}

async function measure(mode: string, folder: string, load: Process): Promise<Measured> {
  const points = Process.start('overload.service.ts', ['points', join(folder, 'log'), mode], 0);
  const pointsUrl = (await points.answer()) as string;
  const gateway = Process.start(
    'overload.service.ts',
    ['gateway', join(folder, 'log'), mode, pointsUrl],
    1,
  );
  const url = `${(await gateway.answer()) as string}/work`;
  const send = (rate: number, seconds: number, warmUpSeconds: number): Promise<LoadResult> =>
    load.ask({ url, rate, seconds, warmUpSeconds } satisfies Load) as Promise<LoadResult>;
  try {
    const closedLoop = await send(0, 6, 2);
    const capacity = closedLoop.good / 4;
    const goodputs: number[] = [];
    for (const share of SHARES_OF_CAPACITY) {
      goodputs.push((await send(capacity * share, 6, 2)).good / 4);
    }
    const overloaded = await send(capacity * OVERLOAD, SECONDS, WARM_UP_SECONDS);
    return { goodputs, overloaded, opened: (await gateway.ask('opened')) as number };
  } finally {
    gateway.stop();
    points.stop();
  }
}

/** Processor time of a request when most of them are refused. */
async function refusalCost(folder: string, load: Process): Promise<Figure> {
  const points = Process.start('overload.service.ts', ['points', join(folder, 'log'), 'shed'], 0);
  const url = `${(await points.answer()) as string}/work`;
  const spent = async (rate: number): Promise<{ us: number; result: LoadResult }> => {
    const spentUs = async (): Promise<number> => {
      const { user, system } = (await points.ask('cpu')) as NodeJS.CpuUsage;
      return user + system;
    };
    const before = await spentUs();
    const asked = { url, rate, seconds: 6, warmUpSeconds: 0 } satisfies Load;
    const result = (await load.ask(asked)) as LoadResult;
    return { us: (await spentUs()) - before, result };
  };
  try {
    const served = await spent(100);
    const servedUs = served.us / served.result.good;
    const { us, result } = await spent(REFUSED_RATE);
    return {
      name: 'overload/refusal',
      value: (us - result.good * servedUs) / result.refused,
      unit: `us of processor time (${((result.refused / result.sent) * 100).toFixed(0)} % of ${REFUSED_RATE} per second refused)`,
      bar: MAX_REFUSAL_US,
      direction: '<=',
    };
  } finally {
    points.stop();
  }
}

/** A process on a core of its own, which answers each message with one. */
class Process {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  static start(file: string, args: readonly string[], core: number): Process {
    const node = [process.execPath, fileURLToPath(new URL(`./${file}`, import.meta.url)), ...args];
    const [command, ...rest] = canPin ? ['taskset', '-c', String(core), ...node] : node;
    return new Process(
      spawn(command!, rest, {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, NODE_ENV: 'production' },
      }),
    );
  }

  /** @throws if the process ends instead */
  async answer(): Promise<unknown> {
    const over = new AbortController();
    const { signal } = over;
    const exit = once(this.child, 'exit', { signal }).then(() => {
      throw new Error('a process of the benchmark has ended');
    });
    exit.catch(() => undefined);
    try {
      const [message] = await Promise.race([once(this.child, 'message', { signal }), exit]);
      return message as unknown;
    } finally {
      over.abort();
    }
  }

  ask(message: object | string): Promise<unknown> {
    const answered = this.answer();
    this.child.send(message);
    return answered;
  }

  stop(): void {
    this.child.disconnect();
  }
}
