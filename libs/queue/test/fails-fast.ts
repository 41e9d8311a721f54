import type { INestApplicationContext } from '@nestjs/common';
import { QueueUnavailableError } from '../src/connection/queue-unavailable.error.js';
import { JobProducer } from '../src/producer/job-producer.js';
import { Award } from './points-app.js';

/** The default `producerTimeout` plus some time to deliver the error. */
const FAILS_WITHIN_MS = 600;

/** Expects `enqueue` to reject in time, and returns the error. */
export async function failsFast(
  app: INestApplicationContext,
  withinMs = FAILS_WITHIN_MS,
): Promise<QueueUnavailableError> {
  const error = await inTime(app.get(JobProducer).enqueue(Award, { points: 1 }), withinMs);
  expect(error).toBeInstanceOf(QueueUnavailableError);
  return error as QueueUnavailableError;
}

/** Races two timers instead of measuring time: on a busy machine both fire late. */
async function inTime(enqueued: Promise<unknown>, withinMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, withinMs, `no answer within ${withinMs} ms`);
  });
  try {
    return await Promise.race([enqueued.catch((error: unknown) => error), late]);
  } finally {
    clearTimeout(timer);
  }
}
