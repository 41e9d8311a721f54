import { defineJob, JobProducer, queue, QueueModule, type StandardSchema } from '@loyalnest/queue';
import { getQueueToken } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bullmq';

type Order = { readonly order: string; readonly takesMs: number };

/** The queues of `instance.ts`. */
export const QUEUES = ['orders', 'notes'] as const;

const anyOrder: StandardSchema<Order> = {
  '~standard': { version: 1, validate: (value) => ({ value: value as Order }) },
};
const Apply = defineJob('orders.apply', { payload: anyOrder, attempts: 5, crashes: 20 });

/** Opens an application that enqueues orders and counts jobs, but runs none. */
export async function openOffice(url: string, prefix: string, lock: number) {
  class Office {}
  Module({
    imports: [
      QueueModule.forRoot({ url, prefix, producerTimeout: '10s' }),
      ...QUEUES.map((name) => QueueModule.forFeature(queue(name, { lock }))),
    ],
  })(Office);
  const app = await NestFactory.createApplicationContext(Office, { logger: false });
  const sum = async (...states: Parameters<Queue['getJobCounts']>): Promise<number> => {
    let total = 0;
    for (const name of QUEUES) {
      const counts = await app
        .get<Queue>(getQueueToken(name), { strict: false })
        .getJobCounts(...states);
      for (const count of Object.values(counts)) total += count;
    }
    return total;
  };
  return {
    enqueue: (order: string, takesMs: number) =>
      app.get(JobProducer).enqueue(Apply, { order, takesMs }),
    unfinished: () => sum('waiting', 'active', 'delayed', 'prioritized'),
    failed: () => sum('failed'),
    close: () => app.close(),
  };
}
