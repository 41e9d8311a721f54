import { eventually } from '@loyalnest/testing';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import { Queue } from 'bullmq';
import { Award, AwardHandler, bullOf, PointsApps } from '../test/points-app.js';
import { JobProducer, JobSchedules } from './index.js';
import { guardRetention } from './retention-guard.js';

let apps: PointsApps;
beforeAll(async () => {
  apps = await PointsApps.start();
});
afterEach(() => apps.closeAll());
afterAll(() => apps.redis.stop());

describe('refuses an option that would trim the dead letters', () => {
  it.each([true, 0, 5, { count: 1 }, { age: 60 }])('removeOnFail: %j on a job', async (value) => {
    const app = await apps.create({ providers: [] });
    const bull = bullOf(app);
    const opts = { removeOnFail: value };
    await expect(bull.add('points.award', {}, opts)).rejects.toThrow(
      "queue 'points'.add.removeOnFail",
    );
    await expect(bull.addBulk([{ name: 'points.award', data: {}, opts }])).rejects.toThrow(
      'addBulk.removeOnFail',
    );
    await expect(
      bull.upsertJobScheduler('x', { every: 1_000 }, { name: 'points.award', opts }),
    ).rejects.toThrow('upsertJobScheduler.removeOnFail');
    expect(await bull.getJobCountByTypes('waiting', 'delayed')).toBe(0);
  });

  it('in the default job options of a queue, when it is declared', async () => {
    const bull = new Queue('points', {
      connection: { url: apps.redis.url } as never,
      defaultJobOptions: { removeOnFail: true },
    });
    expect(() => guardRetention(bull, 100)).toThrow('defaultJobOptions.removeOnFail');
    await bull.close();
  });

  it('in the worker options of a @Processor, at boot', async () => {
    @Processor('points', { removeOnFail: { count: 10 } })
    class Trimming extends WorkerHost {
      async process(): Promise<void> {}
    }
    await expect(apps.create({ providers: [Trimming] })).rejects.toThrow(
      "@Processor('points') Trimming.removeOnFail",
    );
  });
});

it('stores jobs whose options trim nothing, and keeps their dead letters', async () => {
  const app = await apps.create();
  const bull = bullOf(app);
  await bull.add('points.award', { raw: 1 }, { removeOnFail: false });
  await bull.addBulk([{ name: 'points.award', data: { raw: 2 } }]);
  await bull.upsertJobScheduler('hourly', { every: 3_600_000 }, { name: 'points.award' });
  await eventually(async () => expect(await bull.getFailedCount()).toBe(3));
  expect(app.get(AwardHandler).runs).toHaveLength(0);
  expect(await app.get(JobSchedules).list('points')).toMatchObject([{ id: 'hourly' }]);
});

it('applies the size limit to jobs added without JobProducer', async () => {
  const app = await apps.create({ providers: [], module: { payloadLimitBytes: 1_000 } });
  const bull = bullOf(app);
  await expect(bull.add('points.award', { text: 'x'.repeat(6_000) })).rejects.toThrow('size');
  await app.get(JobProducer).enqueue(Award, { points: 1 });
  expect(await bull.getWaitingCount()).toBe(1);
});
