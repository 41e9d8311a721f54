import { eventually } from '@loyalnest/testing';
import { Award, AwardHandler, bullOf, PointsApps } from '../../test/points-app.js';
import { DeadLetterService, InvalidPayloadError, JobSchedules } from '../index.js';

let apps: PointsApps;
beforeAll(async () => {
  apps = await PointsApps.start();
});
afterEach(() => apps.closeAll());
afterAll(() => apps.redis.stop());

describe('a schedule', () => {
  it('runs its job repeatedly, each run with its own context and due time', async () => {
    const app = await apps.create();
    const handler = app.get(AwardHandler);
    await app.get(JobSchedules).upsert(Award, 'tick', { every: '1s', payload: { points: 5 } });
    await eventually(() => expect(handler.runs.length).toBeGreaterThanOrEqual(2));
    const [first, second] = handler.runs.map(({ job }) => job);
    expect(first).toMatchObject({ schedule: 'tick', attempt: 1, attempts: 2 });
    expect(first!.correlationId).toMatch(/^[0-9a-f]{32}$/);
    expect(second!.correlationId).not.toBe(first!.correlationId);
    expect(Date.parse(second!.occurredAt) - Date.parse(first!.occurredAt)).toBe(1_000);
    expect(second!.id.endsWith(`:${Date.parse(second!.occurredAt)}`)).toBe(true);
    await app.get(JobSchedules).remove(Award, 'tick');
  });

  it('keeps the context of a run across its attempts and in its dead letter', async () => {
    const app = await apps.create();
    const handler = app.get(AwardHandler);
    handler.behave = async () => {
      throw new Error('down');
    };
    await app.get(JobSchedules).upsert(Award, 'fails', { every: '1h', payload: { points: 5 } });
    const letter = await eventually(async () => {
      const { items } = await app.get(DeadLetterService).list('points');
      return items[0] ?? false;
    });
    const ids = handler.runs.map(({ job }) => job.correlationId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(letter.context).toMatchObject({ correlationId: ids[0] });
    expect(letter.payload).toEqual({ points: 5 });
  });

  it('is listed with its next run, is replaced by id, and can be removed', async () => {
    const app = await apps.create({ providers: [] });
    const schedules = app.get(JobSchedules);
    const cron = { cron: '0 3 * * *', timezone: 'Europe/Berlin', payload: { points: 5 } };
    await schedules.upsert(Award, 'nightly', cron);
    await schedules.upsert(Award, 'nightly', { ...cron, payload: { points: 6 } });
    const [schedule, ...others] = await schedules.list('points');
    expect(others).toEqual([]);
    const { payload: _payload, ...fields } = cron;
    expect(schedule).toMatchObject({ id: 'nightly', name: 'points.award', ...fields });
    expect(schedule!.payload).toEqual({ points: 6 });
    const next = new Date(schedule!.nextRunAt!);
    const berlin = { timeZone: 'Europe/Berlin', hour: '2-digit', hourCycle: 'h23' } as const;
    expect(new Intl.DateTimeFormat('en', berlin).format(next)).toBe('03');
    expect(await bullOf(app).getDelayedCount()).toBe(1);
    expect(await schedules.remove(Award, 'nightly')).toBe(true);
    expect(await schedules.remove(Award, 'nightly')).toBe(false);
    expect(await schedules.list(Award)).toEqual([]);
    expect(await bullOf(app).getDelayedCount()).toBe(0);
  });

  it('keeps its next run when it is stored again unchanged', async () => {
    const app = await apps.create({ providers: [] });
    const schedules = app.get(JobSchedules);
    const options = { every: '1h', payload: { points: 5 } } as const;
    await schedules.upsert(Award, 'hourly', options);
    const [before] = await schedules.list(Award);
    await schedules.upsert(Award, 'hourly', options);
    expect(await schedules.list(Award)).toEqual([before]);
  });

  it.each([
    [{ every: '10ms' }, 'every'],
    [{}, 'either every or cron'],
    [{ every: '1h', cron: '* * * * *' }, 'either every or cron'],
    [{ cron: '61 * * * *' }, 'cron'],
    [{ cron: '0 3 * * *', timezone: 'Mars/Base' }, 'timezone'],
  ] as const)('with %j is refused', async (options, problem) => {
    const app = await apps.create({ providers: [] });
    const stored = app
      .get(JobSchedules)
      .upsert(Award, 'bad', { ...options, payload: { points: 1 } });
    await expect(stored).rejects.toThrow(problem);
  });

  it('with an invalid payload or an invalid id is refused', async () => {
    const app = await apps.create({ providers: [] });
    const stored = app
      .get(JobSchedules)
      .upsert(Award, 'x', { every: '1h', payload: { points: 0 } });
    await expect(stored).rejects.toThrow(InvalidPayloadError);
    await expect(
      app.get(JobSchedules).upsert(Award, 'a:b', { every: '1h', payload: { points: 1 } }),
    ).rejects.toThrow("schedule 'a:b'");
  });
});
