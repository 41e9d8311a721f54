import { DeadLetterService, queue, QueueModule } from '@loyalnest/queue';
import { eventually, OwnProcess, RedisServer } from '@loyalnest/testing';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getQueueToken } from '@nestjs/bullmq';
import type { Job, Queue } from 'bullmq';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { randomUUID } from 'node:crypto';
import { compileApp } from '../compile-app.js';

let redis: RedisServer;
let compiled: Awaited<ReturnType<typeof compileApp>>;
let operator: INestApplicationContext;
let bull: Queue;
let runsFile: string;

beforeAll(async () => {
  [redis, compiled] = await Promise.all([
    RedisServer.start({ appendOnly: true }),
    compileApp(join(import.meta.dirname, 'crashing-app.ts'), ['core', 'queue']),
  ]);
  @Module({
    imports: [
      QueueModule.forRoot({ url: redis.url, prefix: '{crash}' }),
      QueueModule.forFeature(queue('crash')),
    ],
  })
  class Operator {}
  operator = await NestFactory.createApplicationContext(Operator, { logger: false });
  bull = operator.get<Queue>(getQueueToken('crash'), { strict: false });
}, 120_000);
afterAll(async () => {
  await operator.close();
  await redis.stop();
  compiled.remove();
});
beforeEach(() => {
  runsFile = join(tmpdir(), `loyalnest-runs-${randomUUID()}`);
  writeFileSync(runsFile, '');
});
afterEach(() => rmSync(runsFile));

const runs = (): readonly string[] => readFileSync(runsFile, 'utf8').split('\n').filter(Boolean);

function startWorker(): OwnProcess {
  return OwnProcess.start({
    name: 'crashing worker',
    command: process.execPath,
    args: [compiled.entry],
    env: { ...process.env, REDIS_URL: redis.url, RUNS: runsFile },
  });
}

/** Restarts the worker whenever it ends, like an orchestrator. Resolves with the crashes. */
async function superviseUntil(done: () => Promise<void>): Promise<number> {
  let crashes = 0;
  let stopping = false;
  let worker: OwnProcess;
  const launch = (): void => {
    worker = startWorker();
    void worker.exited.then(() => {
      if (stopping) return;
      crashes++;
      launch();
    });
  };
  launch();
  try {
    await eventually(done, { within: '100s', every: '50ms' });
    return crashes;
  } finally {
    stopping = true;
    await worker!.kill();
  }
}

const envelope = (kills: boolean) => ({
  id: randomUUID(),
  version: 1,
  payload: { kills },
  context: { correlationId: 'c' },
  occurredAt: new Date().toISOString(),
});

async function expectPoison(count: number): Promise<void> {
  const { items } = await operator.get(DeadLetterService).list('crash');
  expect(items.filter(({ reason }) => reason === 'poison')).toHaveLength(count);
}

it('a job that kills its process becomes a dead letter after two crashes, and the next job runs', async () => {
  await bull.add('crash.work', envelope(true), { attempts: 5 });
  await bull.add('crash.work', envelope(false), { attempts: 5 });
  const crashes = await superviseUntil(async () => {
    await expectPoison(1);
    expect(runs()).toContain('done');
  });
  expect(crashes).toBe(2);
  expect(runs().filter((run) => run === 'killed')).toHaveLength(2);
}, 120_000);

it('a poison job that is redriven after a fix starts with no crashes', async () => {
  const [letter] = (await operator.get(DeadLetterService).list('crash')).items;
  const job = (await bull.getJob(letter!.id)) as Job;
  await job.updateData(envelope(false));
  await operator.get(DeadLetterService).redrive('crash', letter!.id, 'ada');
  await superviseUntil(async () => expect(runs()).toEqual(['done']));
  await expectPoison(0);
}, 120_000);

it('a repeating job that kills its process becomes a dead letter too', async () => {
  await bull.upsertJobScheduler(
    'nightly',
    { every: 3_600_000 },
    { name: 'crash.work', data: envelope(true), opts: { attempts: 5 } },
  );
  await superviseUntil(() => expectPoison(1));
  expect(runs()).toEqual(['killed', 'killed']);
}, 120_000);
