import { SystemClock } from '@loyalnest/core';
import {
  DeadLetterService,
  defineJob,
  JobHandler,
  JobProducer,
  queue,
  QueueConnection,
  QueueModule,
  QueueRegistry,
} from '@loyalnest/queue';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsString } from 'class-validator';
import { Redis } from 'ioredis';
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

/** Checks by what they show. */
export type Checks = Readonly<Record<string, () => Promise<void>>>;

export const REDIS_URL = process.env['REDIS_URL']!;
export const prefix = `{upstream-${process.pid}}`;
export const clock = new SystemClock();

class Payload {
  @IsString()
  readonly ends!: string;
}
const one = { payload: Payload, attempts: 1 } as const;
export const Work = defineJob('work.do', one);
/** Jobs that nobody runs. */
export const Idle = defineJob('idle.wait', one);
export const Urgent = defineJob('idle.hurry', { ...one, priority: 7 });

@Injectable()
export class Handler {
  readonly runs: string[] = [];
  failing = false;

  @JobHandler(Work)
  async work({ ends }: Payload): Promise<void> {
    this.runs.push(ends);
    if (this.failing) throw new Error('the ledger is closed');
  }
}

type Address = Parameters<(typeof QueueModule)['forRoot']>[0];

export async function start(address: Address): Promise<INestApplicationContext> {
  @Module({
    imports: [
      QueueModule.forRoot({ prefix, producerTimeout: '2s', ...address }),
      QueueModule.forFeature(queue('work'), queue('idle')),
    ],
    providers: [Handler],
  })
  class App {}
  return NestFactory.createApplicationContext(App, { logger: false, abortOnError: false });
}

/** Imports a file of the queue that the package does not export. */
export async function inside<Part>(file: string): Promise<Part> {
  return (await import(new URL(file, import.meta.resolve('@loyalnest/queue')).href)) as Part;
}

export async function until(what: string, isTrue: () => unknown): Promise<void> {
  const giveUpAt = performance.now() + 15_000;
  while (!(await (async () => isTrue())().catch(() => false))) {
    assert(performance.now() < giveUpAt, `not in time: ${what}`);
    await setTimeout(20);
  }
}

export const app = await start({ url: REDIS_URL });
export const redis = new Redis(REDIS_URL);
export const jobs = app.get(JobProducer);
export const letters = app.get(DeadLetterService);
export const connection = app.get(QueueConnection);
export const { bull } = app.get(QueueRegistry).get('work');
export const { bull: idle } = app.get(QueueRegistry).get('idle');
const handler = app.get(Handler);

export const runs = (ends: string): number => handler.runs.filter((run) => run === ends).length;
export const enqueue = (ends: string, options = {}) => jobs.enqueue(Work, { ends }, options);
export const isDead = async (id: string): Promise<boolean> =>
  (await redis.zscore(bull.toKey('failed'), id)) !== null;

/** Runs a job that fails, and returns its id. */
export async function bury(ends: string): Promise<string> {
  handler.failing = true;
  const { id } = await enqueue(ends);
  await until(`${ends} is dead`, () => isDead(id));
  handler.failing = false;
  return id;
}
