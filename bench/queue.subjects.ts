import {
  defineJob,
  JobHandler,
  JobProducer,
  queue,
  QueueModule,
  QueueRegistry,
  DeadLetterService,
  RedriveTasks,
  type StandardSchema,
} from '@loyalnest/queue';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Queue, Worker, type ConnectionOptions, type JobsOptions } from 'bullmq';

/** About 190 bytes of JSON, a typical payload of a points service. */
export const PAYLOAD = {
  orderId: 'gid://shopify/Order/5678901234',
  merchant: 'demo.myshopify.com',
  customer: 'gid://shopify/Customer/1234567890',
  points: 120,
  reason: 'order paid',
  currency: 'EUR',
  amount: '119.90',
};
type Payload = typeof PAYLOAD;

/** Accepts everything, so that the figures contain no cost of a validator. */
const AnyPayload: StandardSchema<Payload> = {
  '~standard': {
    version: 1,
    validate: (value) => ({ value: value as Payload }),
  },
};

/** The job options of the module, so that both sides store and trim jobs alike. */
export const JOB_OPTIONS: JobsOptions = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { age: 86_400 },
  removeOnFail: false,
  stackTraceLimit: 10,
};

export const CONCURRENCIES = [1, 10, 50] as const;
export type Concurrency = (typeof CONCURRENCIES)[number];

/** One side of the comparison, with its own queues. */
export interface Side {
  enqueue(): Promise<unknown>;
  enqueueMany(count: number): Promise<unknown>;
  /** Stores `count` jobs, then runs them; resolves when all have run. */
  process(concurrency: Concurrency, count: number): Promise<Run>;
  /** The same with jobs that become dead letters on their first run. */
  fail(count: number): Promise<Run>;
  /** Puts failed jobs back into their queue as fast as possible, without running them. */
  redrive(count: number): Promise<Run>;
  /** Removes all stored jobs. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface Run {
  readonly seconds: number;
  /** Processor time of this process, per job. */
  readonly cpuUs: number;
}

export async function measure(count: number, task: () => Promise<unknown>): Promise<Run> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await task();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, cpuUs: (user + system) / count };
}

/** `start` resolves after `count` ticks. */
class Countdown {
  private left = 0;
  private done: () => void = () => {};

  start(count: number): Promise<void> {
    this.left = count;
    return new Promise((resolve) => (this.done = resolve));
  }

  readonly tick = (): void => {
    if (--this.left === 0) this.done();
  };
}

export async function startRaw(url: string): Promise<Side> {
  const connection: ConnectionOptions = { url, maxRetriesPerRequest: null };
  const shared = { connection, prefix: '{raw}' };
  const settled = new Countdown();
  const enqueued = new Queue('enqueued', shared);
  const workers: Worker[] = [];
  const start = (name: string, concurrency: number, run: () => Promise<void>): Queue => {
    const worker = new Worker(name, run, { ...shared, concurrency });
    worker.on('completed', settled.tick);
    worker.on('failed', settled.tick);
    workers.push(worker);
    return new Queue(name, shared);
  };
  const queues = new Map(CONCURRENCIES.map((c) => [c, start(`c${c}`, c, async () => {})]));
  const failing = start('failing', 10, async () => {
    throw new Error('down');
  });
  const one = { name: 'points.award', data: PAYLOAD, opts: JOB_OPTIONS };
  const run = (bull: Queue, count: number, opts = JOB_OPTIONS): Promise<Run> =>
    runStored(bull, settled, count, () => bull.addBulk(times(1_000, () => ({ ...one, opts }))));
  return {
    enqueue: () => enqueued.add(one.name, one.data, one.opts),
    enqueueMany: (count) => enqueued.addBulk(times(count, () => one)),
    process: (concurrency, count) => run(queues.get(concurrency)!, count),
    fail: (count) => run(failing, count, { ...JOB_OPTIONS, attempts: 1 }),
    redrive: async (count) => {
      await run(failing, count, { ...JOB_OPTIONS, attempts: 1 });
      await failing.pause();
      const measured = await measure(count, async () => {
        for (let done = 0; done < count; done += 1_000) {
          const jobs = await failing.getFailed(0, 999);
          await Promise.all(
            jobs.map((job) =>
              job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true }),
            ),
          );
        }
      });
      await failing.drain();
      await failing.resume();
      return measured;
    },
    clear: () => empty([enqueued, failing, ...queues.values()]),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([enqueued, failing, ...queues.values()].map((bull) => bull.close()));
    },
  };
}

const settled = new Countdown();
const Enqueued = defineJob('enqueued.award', { payload: AnyPayload });
const Failing = defineJob('failing.award', { payload: AnyPayload, attempts: 1 });
const Processed = {
  1: defineJob('c1.award', { payload: AnyPayload }),
  10: defineJob('c10.award', { payload: AnyPayload }),
  50: defineJob('c50.award', { payload: AnyPayload }),
};

class Handlers {
  async c1(_payload: Payload): Promise<void> {}
  async c10(_payload: Payload): Promise<void> {}
  async c50(_payload: Payload): Promise<void> {}
  async failing(_payload: Payload): Promise<void> {
    throw new Error('down');
  }
}

// Node only strips types from this file and does not support decorators.
function handle(method: keyof Handlers, definition: typeof Enqueued): void {
  const descriptor = Object.getOwnPropertyDescriptor(Handlers.prototype, method)!;
  JobHandler(definition)(Handlers.prototype, method, descriptor as never);
  Object.defineProperty(Handlers.prototype, method, descriptor);
}
handle('c1', Processed[1] as never);
handle('c10', Processed[10] as never);
handle('c50', Processed[50] as never);
handle('failing', Failing as never);

export async function startModule(url: string): Promise<Side> {
  class App {}
  Module({
    imports: [
      QueueModule.forRoot({ url, prefix: '{module}', producerTimeout: '10s' }),
      QueueModule.forFeature(
        queue('enqueued'),
        queue('failing', { concurrency: 10 }),
        ...CONCURRENCIES.map((concurrency) => queue(`c${concurrency}`, { concurrency })),
      ),
    ],
    providers: [Handlers],
  })(App);
  const app: INestApplicationContext = await NestFactory.createApplicationContext(App, {
    logger: ['error'],
  });
  const jobs = app.get(JobProducer);
  const registry = app.get(QueueRegistry);
  const subscribed = await countFinished();
  const run = (definition: typeof Enqueued, count: number): Promise<Run> =>
    runStored(registry.get(definition.queue).bull, settled, count, () =>
      jobs.enqueueMany(
        definition,
        times(1_000, () => ({ payload: PAYLOAD })),
      ),
    );
  return {
    enqueue: () => jobs.enqueue(Enqueued, PAYLOAD),
    enqueueMany: (count) =>
      jobs.enqueueMany(
        Enqueued,
        times(count, () => ({ payload: PAYLOAD })),
      ),
    process: (concurrency, count) => run(Processed[concurrency], count),
    fail: (count) => run(Failing, count),
    redrive: async (count) => {
      await run(Failing, count);
      const { bull } = registry.get('failing');
      await bull.pause();
      const tasks = app.get(RedriveTasks);
      const letters = app.get(DeadLetterService);
      const measured = await measure(count, async () => {
        await tasks.start('failing', {
          by: 'bench',
          rate: 100_000,
          canary: 0,
          stopAbove: 1,
          maxUnsettled: count,
        });
        while ((await letters.count('failing')) > 0) await new Promise((t) => setTimeout(t, 20));
      });
      const [task] = await tasks.list('failing');
      await tasks.cancel('failing', task!.id, 'bench');
      await bull.drain();
      await bull.resume();
      return measured;
    },
    clear: async () => {
      await empty(registry.all().map(({ bull }) => bull));
      await app.get(DeadLetterService).rebuild('failing');
    },
    close: async () => {
      subscribed();
      await app.close();
    },
  };
}

/** Counts finished runs, as the listeners of the raw side do. */
async function countFinished(): Promise<() => void> {
  const { jobFinished } = await import('@loyalnest/queue');
  return jobFinished.subscribe(settled.tick);
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

async function empty(queues: readonly Queue[]): Promise<void> {
  for (const bull of queues) {
    await bull.drain();
    await bull.clean(0, 1_000_000, 'completed');
    await bull.clean(0, 1_000_000, 'failed');
  }
}

async function runStored(
  bull: Queue,
  countdown: Countdown,
  count: number,
  storeThousand: () => Promise<unknown>,
): Promise<Run> {
  await bull.pause();
  for (let stored = 0; stored < count; stored += 1_000) await storeThousand();
  const ended = countdown.start(count);
  return measure(count, async () => {
    await bull.resume();
    await ended;
  });
}
