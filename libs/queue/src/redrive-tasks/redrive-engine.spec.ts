import { diagnostics } from '@loyalnest/core';
import { eventually, RedisServer } from '@loyalnest/testing';
import { UnrecoverableError, type Job } from 'bullmq';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DeadLetterFixture } from '@loyalnest/testing/dead-letters';
import type { RedriveClaim } from '../dead-letter/redrive/dead-letter-redriver.js';
import type { Scored } from '../redis/scored-page.js';
import { RedriveEngine } from './redrive-engine.js';
import type { RedriveRequest } from './redrive-request.js';
import { RedriveStore } from './redrive-store.js';
import { RedriveTaskActiveError } from './redrive-task-active.error.js';
import { RedriveTaskNotFoundError } from './redrive-task-not-found.error.js';
import type { RedriveTask } from './redrive-task.js';

let redis: RedisServer;
let fixture: DeadLetterFixture;
let runs: Map<string, number>;

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(() => {
  fixture = new DeadLetterFixture(redis);
  runs = new Map();
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

/** A worker that records each run, and fails the runs that it is given. */
function work(fails: (job: Job) => boolean = () => false): void {
  fixture.work(async (job) => {
    runs.set(job.id!, (runs.get(job.id!) ?? 0) + 1);
    if (fails(job)) throw new UnrecoverableError('still broken');
  });
}

const engine = (leaseMs?: number): RedriveEngine => new RedriveEngine(fixture.letters(), leaseMs);

async function runToEnd(request: Partial<RedriveRequest> = {}): Promise<RedriveTask> {
  const own = engine();
  const { id } = await own.start({ by: 'ada', ...request });
  expect(await own.run(id)).toBe('ended');
  return own.get(id);
}

const stillDead = (): Promise<number> => fixture.bull.getFailedCount();
const histories = async (ids: readonly string[]): Promise<(string | null)[]> =>
  Promise.all(ids.map((id) => fixture.client.hget(fixture.key(id), 'loyalnest:history')));

describe('a task', () => {
  it('redrives 20,000 dead letters, none twice, with flat memory', async () => {
    await fixture.bury(20_000);
    await fixture.letters().reconcile();
    work((job) => Number(job.id!.slice(4)) % 10 === 5);
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc') as () => void;
    const heaps: number[] = [];
    const own = engine();
    const { id } = await own.start({ by: 'ada', rate: 100_000, stopAbove: 1 });
    const ended = own.run(id);
    for (const at of [2_000, 8_000, 14_000, 19_000]) {
      await eventually(async () => (await own.get(id)).redriven >= at, { within: '60s' });
      collect();
      heaps.push(process.memoryUsage().heapUsed);
    }
    expect(await ended).toBe('ended');
    expect(await own.get(id)).toMatchObject({
      state: 'completed',
      total: 20_000,
      redriven: 20_000,
      succeeded: 18_000,
      failedAgain: 2_000,
    });
    expect(runs.size).toBe(20_000);
    expect(Math.max(...runs.values())).toBe(1);
    expect(await stillDead()).toBe(2_000);
    // All ids alone would take 1 MB, and all payloads and stacks about 40 MB.
    expect(Math.max(...heaps) - heaps[0]!).toBeLessThan(5 * 1024 * 1024);
  }, 90_000);

  it('holds its rate within 10 %', async () => {
    await fixture.bury(1_000);
    const times: number[] = [];
    const end = diagnostics('loyalnest:queue:dead-letter-redriven').subscribe(() =>
      times.push(performance.now()),
    );
    work();
    const task = await runToEnd({ rate: 200, canary: 0 });
    end();
    expect(task).toMatchObject({ state: 'completed', redriven: 1_000 });
    const seconds = (times.at(-1)! - times[0]!) / 1_000;
    const perSecond = (times.length - 1) / seconds;
    expect(perSecond).toBeGreaterThan(180);
    expect(perSecond).toBeLessThan(220);
    // The redrives are spread over the time, and are not one burst.
    const half = times.findIndex((time) => time - times[0]! > (seconds * 1_000) / 2);
    expect(half).toBeGreaterThan(400);
    expect(half).toBeLessThan(600);
  });

  it('redrives exactly what its filter matches, as the count does', async () => {
    await fixture.bury(5);
    const others = await fixture.bury(3, { name: 'points.spend', failure: '[invalid] no' });
    work();
    const letters = fixture.letters();
    const own = new RedriveEngine(letters);
    const group = (await letters.groups()).find(({ name }) => name === 'points.award')!.group;
    for (const filter of [
      { group },
      { name: 'points.award' },
      { reason: 'unrecoverable' as const },
    ])
      expect(await own.count(filter)).toBe(filter.reason ? 0 : 5);
    expect(await stillDead()).toBe(8);
    expect(await runToEnd({ filter: { group } })).toMatchObject({ total: 5, succeeded: 5 });
    expect(await histories(others)).toEqual([null, null, null]);
  });

  it('redrives no job twice, even if a slow clock dates its second death before the start', async () => {
    const ids = await fixture.bury(6);
    for (const [i, id] of ids.entries()) await fixture.date(id, (i + 1) * 1_000);
    work(({ id }) => id === ids[0]);
    const own = engine();
    const { id } = await own.start({ by: 'ada', canary: 0, rate: 10, stopAbove: 1 });
    const ended = own.run(id);
    await eventually(
      async () => (await fixture.client.zscore(fixture.key('failed'), ids[0]!)) !== '1000',
    );
    await eventually(async () => runs.get(ids[0]!) === 1);
    await eventually(
      async () => (await fixture.client.zscore(fixture.key('failed'), ids[0]!)) !== null,
    );
    await fixture.date(ids[0]!, 5_500);
    expect(await ended).toBe('ended');
    expect([...runs.values()]).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await own.get(id)).toMatchObject({ redriven: 6, succeeded: 5, failedAgain: 1 });
  });

  it('waits for outcomes when too many jobs have none', async () => {
    await fixture.bury(30);
    const own = engine();
    const stop = new AbortController();
    const { id } = await own.start({ by: 'ada', canary: 0, rate: 10_000, maxUnsettled: 10 });
    const ended = own.run(id, stop.signal);
    await eventually(async () => (await own.get(id)).redriven === 10);
    work();
    expect(await ended).toBe('ended');
    expect(await own.get(id)).toMatchObject({ state: 'completed', succeeded: 30 });
  });

  it('ends with a note if jobs have no outcome in time', async () => {
    await fixture.bury(3);
    expect(await runToEnd({ canary: 0, settleTimeout: 50 })).toMatchObject({
      state: 'completed',
      redriven: 3,
      succeeded: 0,
      note: '3 have no outcome yet',
    });
  });

  it('is the only one of its queue', async () => {
    await fixture.bury(2);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => engine().start({ by: 'ada' })),
    );
    const started = results.filter((result) => result.status === 'fulfilled');
    const refused = results.filter((result) => result.status === 'rejected');
    expect(started).toHaveLength(1);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(RedriveTaskActiveError);
    await engine().cancel(started[0]!.value.id, 'bob');
    await engine().start({ by: 'ada' });
  });

  it.each([
    [{ by: '' }, 'redrive.by'],
    [{ rate: 0 }, 'redrive.rate: got 0'],
    [{ canary: -1 }, 'redrive.canary'],
    [{ stopAbove: 2 }, 'redrive.stopAbove'],
    [{ filter: { failedAfter: 'soon' } }, 'deadLetters.failedAfter'],
  ])('is refused for %j', async (request, message) => {
    await expect(engine().start({ by: 'ada', ...request })).rejects.toThrow(message);
    expect(await engine().active()).toBeUndefined();
  });

  it('is not found if it never existed', async () => {
    await expect(engine().get('none')).rejects.toThrow(RedriveTaskNotFoundError);
    await expect(engine().cancel('none', 'ada')).rejects.toThrow(RedriveTaskNotFoundError);
  });
});

describe('the canary', () => {
  it('stops the task if it fails again, and leaves all others untouched', async () => {
    const ids = await fixture.bury(50);
    const states: string[] = [];
    const end = diagnostics<RedriveTask>('loyalnest:queue:redrive-task').subscribe(({ state }) =>
      states.push(state),
    );
    work(() => true);
    const task = await runToEnd({ rate: 100_000 });
    end();
    expect(task).toMatchObject({
      state: 'stopped',
      note: '1 of 1 canaries failed again',
      redriven: 1,
      failedAgain: 1,
    });
    expect(states).toEqual(['canary', 'stopped']);
    expect([...runs]).toEqual([[ids[0], 1]]);
    expect((await histories(ids)).filter((history) => history !== null)).toHaveLength(1);
    expect(await stillDead()).toBe(50);
    expect(await engine().active()).toBeUndefined();
  });

  it('stops the task after one failed run, even if the job will run again', async () => {
    const ids = await fixture.bury(5);
    await fixture.client.hset(
      fixture.key(ids[0]!),
      'opts',
      JSON.stringify({ attempts: 5, backoff: { type: 'fixed', delay: 60_000 } }),
    );
    fixture.work(async () => {
      throw new Error('still broken');
    });
    expect(await runToEnd()).toMatchObject({ state: 'stopped', redriven: 1, failing: 1 });
    expect(await stillDead()).toBe(4);
  });

  it('stops the task if it has no outcome in time', async () => {
    await fixture.bury(5);
    expect(await runToEnd({ canary: 2, canaryTimeout: 100 })).toMatchObject({
      state: 'stopped',
      note: 'no outcome of the canary within 100 ms',
      redriven: 2,
    });
    expect(await stillDead()).toBe(3);
  });

  it('may be larger than the number of dead letters', async () => {
    await fixture.bury(2);
    work();
    expect(await runToEnd({ canary: 10 })).toMatchObject({ state: 'completed', succeeded: 2 });
  });
});

it('stops a task when its jobs fail again too often', async () => {
  const ids = await fixture.bury(300);
  work(({ id }) => id !== ids[0]);
  const task = await runToEnd({ rate: 100, stopAbove: 0.5, stopAfter: 10 });
  expect(task.state).toBe('stopped');
  expect(task.note).toMatch(/^\d+ of \d+ failed again$/);
  expect(task.redriven).toBeLessThan(100);
});

it('redrives nothing more once a cancel has resolved', async () => {
  await fixture.bury(2_000);
  work();
  const own = engine();
  const { id } = await own.start({ by: 'ada', canary: 0, rate: 2_000 });
  const ended = own.run(id);
  await eventually(async () => (await own.get(id)).redriven > 100);
  await engine().cancel(id, 'bob');
  const left = await fixture.bull.getFailedCount();
  const { redriven } = await own.get(id);
  expect(await ended).toBe('ended');
  const task = await own.get(id);
  expect(task).toMatchObject({ state: 'cancelled', note: 'cancelled by bob', redriven });
  // Jobs of the page that was being redriven at the cancel were already counted.
  expect(left - (await stillDead())).toBeLessThanOrEqual(redriven - (2_000 - left));
  expect(redriven).toBeLessThan(2_000);
});

describe('a task whose runner', () => {
  it('dies continues elsewhere once the lease has expired, and redrives none twice', async () => {
    await fixture.bury(3_000);
    work(({ id }) => Number(id!.slice(4)) % 10 === 0);
    const connection = fixture.connect();
    const first = new RedriveEngine(fixture.letters({ redis: connection }), 700);
    const { id } = await first.start({ by: 'ada', canary: 0, rate: 3_000, stopAbove: 1 });
    const dropped = first.run(id);
    await eventually(async () => (await engine().get(id)).redriven > 300);
    connection.disconnect();
    await expect(dropped).rejects.toThrow();
    const second = engine();
    expect(await second.run(id)).toBe('taken');
    await eventually(async () => (await second.run(id)) === 'ended', { within: '25s' });
    expect(await second.get(id)).toMatchObject({
      state: 'completed',
      redriven: 3_000,
      succeeded: 2_700,
      failedAgain: 300,
    });
    expect(runs.size).toBe(3_000);
    expect(Math.max(...runs.values())).toBe(1);
  });

  it('dies between preparing and moving jobs misses none and counts each once', async () => {
    const ids = await fixture.bury(20);
    const cutOff = fixture.letters();
    jest
      .spyOn(cutOff.source.bull.backend, 'retryFinishedJob')
      .mockRejectedValue(new Error('cut off'));
    const first = new RedriveEngine(cutOff, 200);
    const { id } = await first.start({ by: 'ada', canary: 0, rate: 1_000 });
    await expect(first.run(id)).rejects.toThrow('cut off');
    const prepared = (await engine().get(id)).redriven;
    expect(prepared).toBeGreaterThan(0);
    expect(await stillDead()).toBe(20);
    // The same as after their expiry.
    await fixture.client.del(...ids.map((letter) => fixture.key(`${letter}:redrive`)));
    work();
    const second = engine();
    await eventually(async () => (await second.run(id)) === 'ended', { within: '20s' });
    expect(await second.get(id)).toMatchObject({ redriven: 20, succeeded: 20 });
    const completed = await fixture.bull.getCompletedCount();
    expect(completed).toBe(20);
    for (const history of await histories(ids)) expect(JSON.parse(history!)).toHaveLength(1);
  });

  it('stops on request continues elsewhere at once', async () => {
    await fixture.bury(500);
    work();
    const stop = new AbortController();
    const first = engine();
    const { id } = await first.start({ by: 'ada', canary: 0, rate: 500 });
    const interrupted = first.run(id, stop.signal);
    await eventually(async () => (await first.get(id)).redriven > 20);
    stop.abort();
    expect(await interrupted).toBe('interrupted');
    expect((await first.get(id)).redriven).toBeLessThan(500);
    expect(await engine().run(id)).toBe('ended');
    expect(await first.get(id)).toMatchObject({ state: 'completed', succeeded: 500 });
    expect(Math.max(...runs.values())).toBe(1);
  });

  it('is working is not disturbed by others that want to run it', async () => {
    await fixture.bury(300);
    work();
    const first = engine();
    const { id } = await first.start({ by: 'ada', canary: 0, rate: 1_000 });
    const ended = first.run(id);
    await eventually(async () => (await first.get(id)).redriven > 20);
    expect(await Promise.all([engine().run(id), engine().run(id)])).toEqual(['taken', 'taken']);
    expect(await ended).toBe('ended');
    expect(await first.get(id)).toMatchObject({ redriven: 300, succeeded: 300 });
  });

  it('was overtaken cannot redrive what it has read before', async () => {
    const ids = await fixture.bury(3);
    const letters = fixture.letters();
    const read = await Promise.all(
      ids.map(async (id) => ({
        id,
        score: (await fixture.client.zscore(fixture.key('failed'), id))!,
      })),
    );
    const store = new RedriveStore(letters.source);
    const { id } = await engine().start({ by: 'ada', canary: 0 });
    const old = (await store.acquire(id, 60_000))!;
    await fixture.client.del(fixture.key('redrives:lease'));
    const next = (await store.acquire(id, 60_000))!;
    const redrive = (claim: RedriveClaim, letter: Scored) =>
      letters.redriver.redrive([letter], 'ada', claim);
    expect(await redrive(old, read[0]!)).toEqual(['fenced']);
    expect(await redrive(next, read[1]!)).toEqual(['redriven']);
    await engine().cancel(id, 'bob');
    expect(await redrive(next, read[2]!)).toEqual(['fenced']);
    expect(await stillDead()).toBe(2);
    expect(await engine().get(id)).toMatchObject({ redriven: 1, state: 'cancelled' });
  });

  it('has lost its lease does nothing more', async () => {
    await fixture.bury(200);
    work();
    const first = engine();
    const { id } = await first.start({ by: 'ada', canary: 0, rate: 20 });
    const fenced = first.run(id);
    await eventually(async () => (await first.get(id)).redriven > 2);
    await fixture.client.del(fixture.key('redrives:lease'));
    const second = new AbortController();
    const taken = engine().run(id, second.signal);
    expect(await fenced).toBe('taken');
    second.abort();
    expect(['interrupted', 'taken']).toContain(await taken);
    expect(Math.max(...runs.values())).toBe(1);
  });
});
