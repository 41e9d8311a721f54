import { eventually, RedisServer } from '@loyalnest/testing';
import { InjectQueue, OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import type { Job, Queue, RedisQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import { queue, QueueModule } from './index.js';

@Processor('mails', { lockDuration: 1_000, stalledInterval: 1_000, maxStalledCount: 5 })
class MailProcessor extends WorkerHost {
  readonly to = new Set<unknown>();
  private held: Promise<void> = Promise.resolve();
  release!: () => void;

  hold(): void {
    this.held = new Promise((resolve) => (this.release = resolve));
  }

  /** Listens for lost-lock errors during the outage, which BullMQ would print otherwise. */
  @OnWorkerEvent('error')
  failed(): void {}

  async process(job: Job<{ to: unknown }>): Promise<void> {
    await this.held;
    this.to.add(job.data.to);
  }
}

@Injectable()
class Mailer {
  constructor(@InjectQueue('mails') readonly mails: Queue) {}
}

it('gives processors of @nestjs/bullmq a connection that waits for Redis', async () => {
  const redis = await RedisServer.start({ appendOnly: true });
  @Module({
    imports: [QueueModule.forRoot({ url: redis.url }), QueueModule.forFeature(queue('mails'))],
    providers: [MailProcessor, Mailer],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  await app.get(Mailer).mails.add('welcome', { to: 'ada' });
  await eventually(() => expect([...app.get(MailProcessor).to]).toEqual(['ada']));
  // On a fail-fast connection the worker would retry in an endless loop without a pause.
  const { backend } = app.get(MailProcessor).worker;
  const { options } = (await (backend as RedisQueueBackend).client) as unknown as Redis;
  expect(options.maxRetriesPerRequest).toBeNull();

  app.get(MailProcessor).hold();
  const jobs = Array.from({ length: 50 }, (_, to) => ({ name: 'offer', data: { to } }));
  await app.get(Mailer).mails.addBulk(jobs);
  await redis.kill();
  app.get(MailProcessor).release();
  await redis.restart();
  await eventually(() => expect(app.get(MailProcessor).to.size).toBe(51), { within: '25s' });
  await app.close();
  await redis.stop();
});
