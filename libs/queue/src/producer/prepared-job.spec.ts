import { FakeClock } from '@loyalnest/core/testing';
import { IsInt } from 'class-validator';
import { defineJob } from '../job/job-definition.js';
import { prepareJob } from './prepared-job.js';

class Payload {
  @IsInt()
  readonly points!: number;
}
const Short = defineJob('points.short', { payload: Payload, expiresAfter: '1m' });

it('takes the times of a job from the clock', async () => {
  const clock = new FakeClock(Date.UTC(2030, 0, 1));
  const preparation = { payloadLimitBytes: 1_000, clock };
  const { envelope } = await prepareJob(Short, { points: 1 }, { delay: '2m' }, preparation);
  expect(envelope.occurredAt).toBe('2030-01-01T00:00:00.000Z');
  expect(envelope.expiresAt).toBe('2030-01-01T00:03:00.000Z');
});
