// What the module costs on top of plain BullMQ, with the same payload, job options and Redis. Both
// sides run in turn in one process. Throughput is a ratio, processor time is in microseconds per job.
import { RedisServer } from '@loyalnest/testing';
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { Figure, Topic } from './figure.js';
import {
  CONCURRENCIES,
  measure,
  startModule,
  startRaw,
  type Run,
  type Side,
} from './queue.subjects.ts';

const ROUNDS = 7;
const ONE_BY_ONE = 2_000;
const IN_FLIGHT = 50;
const ENQUEUED = 10_000;
const MANY = 100;
const PROCESSED = 10_000;
const FAILED = 5_000;

interface Question {
  readonly name: string;
  /** Min throughput, as a share of plain BullMQ's. */
  readonly ratioBar: number;
  /** Max processor time per job on top of plain BullMQ's. */
  readonly cpuBarUs: number;
  readonly run: (side: Side) => Promise<Run>;
}

// The bars at concurrency 50 are design goals; the others only catch large regressions.
const QUESTIONS: readonly Question[] = [
  {
    name: 'enqueue-one-by-one',
    ratioBar: 0.7,
    cpuBarUs: 60,
    run: (side) =>
      measure(ONE_BY_ONE, async () => {
        for (let i = 0; i < ONE_BY_ONE; i++) await side.enqueue();
      }),
  },
  {
    name: 'enqueue-50-in-flight',
    ratioBar: 0.85,
    cpuBarUs: 15,
    run: (side) => measure(ENQUEUED, () => inFlight(ENQUEUED, () => side.enqueue())),
  },
  {
    name: 'enqueue-100-at-once',
    ratioBar: 0.7,
    cpuBarUs: 15,
    run: (side) =>
      measure(ENQUEUED, async () => {
        for (let i = 0; i < ENQUEUED; i += MANY) await side.enqueueMany(MANY);
      }),
  },
  ...CONCURRENCIES.map((concurrency) => ({
    name: `process-${concurrency}`,
    ratioBar: concurrency === 50 ? 0.85 : 0.7,
    cpuBarUs: concurrency === 50 ? 20 : 50,
    run: (side: Side) => side.process(concurrency, concurrency === 1 ? 4_000 : PROCESSED),
  })),
  { name: 'fail', ratioBar: 0.4, cpuBarUs: 200, run: (side) => side.fail(FAILED) },
  { name: 'redrive', ratioBar: 0.2, cpuBarUs: 250, run: (side) => side.redrive(FAILED) },
];

const queueTopic: Topic = async () => {
  const server = await RedisServer.start();
  pin(server.pid!, 0);
  pin(process.pid, availableParallelism() - 1);
  const raw = await startRaw(server.url);
  const ours = await startModule(server.url);
  try {
    const figures: Figure[] = [];
    for (const question of QUESTIONS) {
      const runs = { raw: [] as Run[], ours: [] as Run[] };
      for (let round = -1; round < ROUNDS; round++) {
        const sides = [
          ['raw', raw],
          ['ours', ours],
        ] as const;
        for (const [name, side] of round % 2 === 0 ? sides : sides.toReversed()) {
          const measured = await question.run(side);
          if (round >= 0) runs[name].push(measured);
          // Jobs left in Redis would slow down the next round.
          await side.clear();
        }
      }
      figures.push(...figuresOf(question, runs));
    }
    return figures;
  } finally {
    await raw.close();
    await ours.close();
    await server.stop();
  }
};

export default queueTopic;

function figuresOf(
  { name, ratioBar, cpuBarUs }: Question,
  { raw, ours }: { raw: readonly Run[]; ours: readonly Run[] },
): Figure[] {
  const seconds = (runs: readonly Run[]): number => median(runs.map((run) => run.seconds));
  const cpuUs = (runs: readonly Run[]): number => median(runs.map((run) => run.cpuUs));
  return [
    {
      name: `queue/${name}`,
      value: seconds(raw) / seconds(ours),
      unit: "of BullMQ's throughput",
      direction: '>=',
      bar: ratioBar,
    },
    {
      name: `queue/${name}-cpu`,
      value: cpuUs(ours) - cpuUs(raw),
      unit: `us per job on top of ${cpuUs(raw).toFixed(0)}`,
      direction: '<=',
      bar: cpuBarUs,
    },
  ];
}

async function inFlight(count: number, task: () => Promise<unknown>): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await task();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** Keeps Redis and this process on separate processors, if `taskset` is installed. */
function pin(pid: number, cpu: number): void {
  try {
    execFileSync('taskset', ['-acp', String(cpu), String(pid)], { stdio: 'ignore' });
  } catch {
    console.warn('taskset is not installed: Redis and the benchmark may share a processor');
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
