import { FakeClock } from '@loyalnest/core/testing';
import { DelayedError } from 'bullmq';
import type { RunnableJob } from '../job/runnable-job.js';
import { settleJob } from './settle-job.js';

it('postpones a job relative to the clock', async () => {
  const clock = new FakeClock(Date.UTC(2030, 0, 1));
  const moves: unknown[] = [];
  const job = {
    updateData: async (data: unknown) => void moves.push(data),
    moveToDelayed: async (...move: unknown[]) => void moves.push(move),
  } as unknown as RunnableJob;
  const outcome = { kind: 'postponed', delayMs: 5_000, data: 'envelope' } as never;
  await expect(settleJob(job, 'token', outcome, clock)).rejects.toBeInstanceOf(DelayedError);
  expect(moves).toEqual(['envelope', [Date.UTC(2030, 0, 1, 0, 0, 5), 'token']]);
});
