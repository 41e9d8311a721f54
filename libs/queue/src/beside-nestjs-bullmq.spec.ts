import { eventually, RedisServer } from '@loyalnest/testing';
import { InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Job, Queue } from 'bullmq';
import { queue, QueueModule } from './index.js';

@Processor('mails')
class MailProcessor extends WorkerHost {
  readonly sent: unknown[] = [];

  async process(job: Job): Promise<void> {
    this.sent.push(job.data);
  }
}

@Injectable()
class Mailer {
  constructor(@InjectQueue('mails') readonly mails: Queue) {}
}

it('processors and queues of @nestjs/bullmq share the connection of the module', async () => {
  const redis = await RedisServer.start();
  @Module({
    imports: [QueueModule.forRoot({ url: redis.url }), QueueModule.forFeature(queue('mails'))],
    providers: [MailProcessor, Mailer],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  await app.get(Mailer).mails.add('welcome', { to: 'ada' });
  await eventually(() => expect(app.get(MailProcessor).sent).toEqual([{ to: 'ada' }]));
  await app.close();
  await redis.stop();
});
