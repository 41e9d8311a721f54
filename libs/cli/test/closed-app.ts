import { eventually, type RedisServer } from '@loyalnest/testing';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { UnrecoverableError } from 'bullmq';
import { IsString } from 'class-validator';
import {
  DeadLetterService,
  defineJob,
  JobHandler,
  JobProducer,
  queue,
  QueueModule,
} from '@loyalnest/queue';

class AwardPayload {
  @IsString()
  readonly phone!: string;
}

const AwardPoints = defineJob('points.award', { payload: AwardPayload, attempts: 1 });

@Injectable()
class PointsHandler {
  @JobHandler(AwardPoints)
  async award({ phone }: AwardPayload): Promise<void> {
    throw new UnrecoverableError(phone.endsWith('7') ? 'ledger is closed' : 'no such account');
  }
}

/**
 * Runs a service whose jobs all die, then closes it, so that only Redis is left.
 *
 * @returns the ids of the dead letters
 */
export async function buryAndLeave(
  { url }: Pick<RedisServer, 'url'>,
  prefix: string,
  count: number,
): Promise<readonly string[]> {
  @Module({
    imports: [
      QueueModule.forRoot({ url, prefix }),
      QueueModule.forFeature(queue('points'), queue('mail')),
    ],
    providers: [PointsHandler],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    const payload = { phone: `+49 1700 ${i}` };
    const how = { idempotencyKey: `order-${i}` };
    // On a busy machine, connecting may take longer than a producer waits.
    await eventually(async () => {
      ids[i] = (await app.get(JobProducer).enqueue(AwardPoints, payload, how)).id;
    });
  }
  const letters = app.get(DeadLetterService);
  await eventually(async () => expect(await letters.count('points')).toBe(count), {
    within: '20s',
  });
  await app.close();
  return ids;
}
