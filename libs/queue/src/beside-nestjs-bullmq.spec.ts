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

  /** Whoever listens is told of the locks that an outage has cost, the console is not. */
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

it('processors of @nestjs/bullmq share a connection that waits for Redis to come back', async () => {
  const redis = await RedisServer.start({ appendOnly: true });
  @Module({
    imports: [QueueModule.forRoot({ url: redis.url }), QueueModule.forFeature(queue('mails'))],
    providers: [MailProcessor, Mailer],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  await app.get(Mailer).mails.add('welcome', { to: 'ada' });
  await eventually(() => expect([...app.get(MailProcessor).to]).toEqual(['ada']));
  // One that fails fast would be asked again without a pause, for good.
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
