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
const MAX_REFUSAL_SHARE = 0.5;

const SECONDS = 18;
const WARM_UP_SECONDS = 6;
const SHARES_OF_CAPACITY = [0.7, 0.85, 0.95];
const OVERLOAD = 2;
const REFUSED_RATE = 1_500;
const REFUSAL_ROUNDS = 5;
/** The places of reads, in a service that serves 20 requests at a time. */
const HELD = 16;
const MIN_COUNTED = 0.9;
const WAITING_RATE = 400;
/** Design goal: load shedding refuses no request of a service that only waits. */
const MIN_SLOW_SERVED = 0.99;

const canPin =
  availableParallelism() >= 2 && spawnSync('taskset', ['--version']).error === undefined;

const overload: Topic = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-overload-'));
  const load = Process.start('overload.load.ts', [], 1);
  try {
    const without = await measure('serve-all', folder, load);
    const shedding = await measure('shed', folder, load, without.capacity);
    const peak = Math.max(...without.goodputs, ...shedding.goodputs);
    const slow = await slowHandlers(folder, load);
    const share = ({ overloaded }: Measured): number => overloaded.good / COUNTED_SECONDS / peak;
    return [
      {
        name: 'overload/goodput',
        value: share(shedding),
        unit: `of a peak of ${peak.toFixed(0)} per second in time, at ${OVERLOAD} times the capacity${canPin ? '; services and load pinned to one core each' : ''}`,
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
      {
        name: 'overload/slow-handlers',
        value: slow.good / slow.sent,
        unit: `of ${WAITING_RATE} requests per second served, whose handlers wait for 200 ms`,
        bar: MIN_SLOW_SERVED,
        direction: '>=',
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
  /** Answers in time per second to clients that wait for each answer. */
  readonly capacity: number;
  /** Answers in time per second, at loads below the capacity. */
  readonly goodputs: readonly number[];
  readonly overloaded: LoadResult;
  readonly opened: number;
}

async function measure(
  mode: string,
  folder: string,
  load: Process,
  known?: number,
): Promise<Measured> {
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
    const closedLoop = (await send(0, 6, 2)).good / 4;
    const capacity = known ?? closedLoop;
    const goodputs = [closedLoop];
    for (const share of SHARES_OF_CAPACITY) {
      goodputs.push((await send(capacity * share, 6, 2)).good / 4);
    }
    const overloaded = await send(capacity * OVERLOAD, SECONDS, WARM_UP_SECONDS);
    return { capacity, goodputs, overloaded, opened: (await gateway.ask('opened')) as number };
  } finally {
    gateway.stop();
    points.stop();
  }
}

/** Handlers that only wait leave the processor idle, so nothing must be refused. */
async function slowHandlers(folder: string, load: Process): Promise<LoadResult> {
  const points = Process.start('overload.service.ts', ['points', join(folder, 'log'), 'shed'], 0);
  try {
    const url = `${(await points.answer()) as string}/wait`;
    const asked = { url, rate: WAITING_RATE, seconds: 8, warmUpSeconds: 0 } satisfies Load;
    return (await load.ask(asked)) as LoadResult;
  } finally {
    points.stop();
  }
}

/** Processor time of a refusal, beside that of a request with all defaults that does nothing. */
async function refusalCost(folder: string, load: Process): Promise<Figure> {
  const args = ['points', join(folder, 'log'), 'few'];
  const points = Process.start('overload.service.ts', args, 0);
  const base = (await points.answer()) as string;
  const spentUs = async (): Promise<number> => {
    const { user, system } = (await points.ask('cpu')) as NodeJS.CpuUsage;
    return user + system;
  };
  const costUs = async (counted: 'good' | 'refused'): Promise<number> => {
    const before = await spentUs();
    const asked = { url: `${base}/quick`, rate: REFUSED_RATE, seconds: 2, warmUpSeconds: 0 };
    const result = (await load.ask(asked satisfies Load)) as LoadResult;
    if (result[counted] < result.sent * MIN_COUNTED)
      throw new Error(`not all requests were ${counted}`);
    return ((await spentUs()) - before) / result[counted];
  };
  try {
    await costUs('good');
    const served: number[] = [];
    const refused: number[] = [];
    for (let round = 0; round < REFUSAL_ROUNDS; round++) {
      served.push(await costUs('good'));
      const held = Array.from({ length: HELD }, () => fetch(`${base}/hold`));
      while ((await points.ask('held')) !== HELD);
      refused.push(await costUs('refused'));
      await points.ask('release');
      for (const answer of await Promise.all(held)) await answer.arrayBuffer();
    }
    return {
      name: 'overload/refusal',
      value: median(refused) / median(served),
      unit: `of the processor time of a request that does nothing (${median(refused).toFixed(0)} of ${median(served).toFixed(0)} us)`,
      bar: MAX_REFUSAL_SHARE,
      direction: '<=',
    };
  } finally {
    points.stop();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
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
