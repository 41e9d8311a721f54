import { diagnostics } from '@loyalnest/core';
import { FakeClock, RedisServer } from '@loyalnest/testing';
import { Job, UnrecoverableError } from 'bullmq';
import { DeadLetterFixture, envelope } from '@loyalnest/testing/dead-letters';
import { InvalidPayloadError } from '../job/invalid-payload.error.js';
import { PayloadTooLargeError } from '../job/payload-too-large.error.js';
import { DeadLetterBusyError } from './dead-letter-busy.error.js';
import { DeadLetterChangedError } from './edit/dead-letter-changed.error.js';
import { DeadLetterNotFoundError } from './dead-letter-not-found.error.js';
import { resolveDeadLetterOptions } from './retention/dead-letter-retention.js';
import type { DeadLettered, DeadLettersPruned, IndexMended } from './dead-letter.events.js';
import { DEAD_LETTER_REASONS } from './dead-letter.js';

let redis: RedisServer;
let fixture: DeadLetterFixture;
let endings: (() => void)[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(() => {
  fixture = new DeadLetterFixture(redis);
});
afterEach(async () => {
  for (const end of endings) end();
  endings = [];
  await fixture.close();
});
afterAll(() => redis.stop());

function listen<Event extends object>(name: string): Event[] {
  const events: Event[] = [];
  endings.push(
    diagnostics<Event>(`loyalnest:queue:${name}`).subscribe((event) => events.push(event)),
  );
  return events;
}

const indexKeys = async (): Promise<string[]> =>
  fixture.client.keys(`${fixture.key('dead-letters')}:*`);

describe('the index', () => {
  it('reads each reason from its marker', async () => {
    for (const reason of DEAD_LETTER_REASONS.filter((known) => known !== 'exhausted')) {
      await fixture.bury(1, { failure: `[${reason}] because` });
    }
    await fixture.bury(1, { failure: (): Error => new Error('used up') });
    await fixture.bury(1, { failure: 'job stalled more than allowable limit' });
    const counts = Object.fromEntries(
      (await fixture.letters().reasons()).map(({ reason, count }) => [reason, count]),
    );
    expect(counts).toEqual({
      exhausted: 1,
      unrecoverable: 1,
      invalid: 1,
      'unknown-name': 1,
      expired: 1,
      stalled: 2,
      poison: 1,
      cancelled: 1,
    });
  });

  it('groups dead letters by cause', async () => {
    await fixture.bury(3, {
      failure: (id) => new UnrecoverableError(`account '${id}' has ${id.length * 7} points`),
    });
    await fixture.bury(1, { failure: 'ledger is closed' });
    const groups = await fixture.letters().groups();
    expect(groups).toMatchObject([
      { name: 'points.award', count: 3, failedAgain: 0, reasons: ['exhausted'] },
      { message: 'ledger is closed', count: 1 },
    ]);
    const { items } = await fixture.letters().list({ group: groups[0]!.group });
    expect(items).toHaveLength(3);
  });

  it('counts how many of a group were redriven and died again', async () => {
    const failure = (): Error => new UnrecoverableError('no such account');
    const [id] = await fixture.bury(2, { failure });
    const letters = fixture.letters();
    await letters.redrive(id!, 'ada');
    const worker = fixture.work(async () => {
      throw failure();
    });
    await new Promise((done) => worker.once('failed', done));
    expect(await letters.groups()).toMatchObject([{ count: 2, failedAgain: 1 }]);
  });

  it('puts all causes above the max number of groups into one group', async () => {
    const words = 'abcdefghijklmnopqrstuvwxyz';
    await fixture.bury(520, {
      failure: (id) => {
        const n = Number(id.slice(4));
        return new UnrecoverableError(`${words[n % 26]} ${words[Math.floor(n / 26)]} broke`);
      },
    });
    const groups = await fixture.letters().groups();
    expect(groups).toHaveLength(501);
    expect(groups.find(({ group }) => group === 'other')).toMatchObject({ count: 20 });
  });

  it('can be rebuilt after it was deleted, and announces no death twice', async () => {
    await fixture.bury(600);
    const told = listen<DeadLettered>('dead-lettered');
    const letters = fixture.letters();
    await letters.reconcile();
    expect(told).toHaveLength(600);
    const before = await letters.groups();
    await fixture.client.del(...(await indexKeys()));
    expect(await letters.reconcile()).toMatchObject({ added: 600, missing: 0 });
    expect(await letters.groups()).toEqual(before);
    expect(told).toHaveLength(600);
  });

  it('has each dead letter once when three processes reconcile at the same time', async () => {
    await fixture.bury(2_000);
    const told = listen<DeadLettered>('dead-lettered');
    const mended = await Promise.all(
      [1, 2, 3].map(() => fixture.letters().reconcile({ full: true })),
    );
    expect(mended.reduce((sum, { added }) => sum + added, 0)).toBe(2_000);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2_000);
    expect(told).toHaveLength(2_000);
    expect(await fixture.letters().groups()).toMatchObject([{ count: 2_000 }]);
  });

  it('finds a death that a slow clock dated before the ones already seen', async () => {
    const [first] = await fixture.bury(2);
    const letters = fixture.letters();
    await letters.reconcile();
    const [late] = await fixture.bury(1);
    await fixture.date(late!, Date.now() - 86_400_000);
    await letters.redrive(first!, 'ada');
    const { added } = await letters.reconcile();
    expect(added).toBe(1);
    expect((await letters.list({ reason: 'exhausted' })).items.map(({ id }) => id)).toContain(late);
  });

  it('drops what left the failed set, and reports what disappeared', async () => {
    const ids = await fixture.bury(6);
    const letters = fixture.letters();
    await letters.reconcile();
    const events = listen<IndexMended>('dead-letter-index-mended');
    await letters.discard(ids[0]!, { by: 'ada', reason: 'test' });
    await letters.redrive(ids[1]!, 'ada');
    const retried = (await fixture.bull.getJob(ids[2]!)) as Job;
    await retried.retry();
    for (const id of ids.slice(3, 5)) await fixture.bull.remove(id);
    const mended = await letters.reconcile();
    expect(mended).toEqual({ queue: 'points', added: 0, moved: 1, missing: 2 });
    expect(events).toEqual([mended]);
    expect(await letters.groups()).toMatchObject([{ count: 1 }]);
    expect(await letters.reconcile({ full: true })).toMatchObject({ moved: 0, missing: 0 });
  });
});

describe('a list', () => {
  it('is stable page by page while other jobs die', async () => {
    await fixture.bury(25);
    const letters = fixture.letters();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await letters.list({ limit: 10, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
      await fixture.bury(1, { id: () => `later-${seen.length}` });
    } while (cursor);
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
  });

  it('continues after a dead letter that is gone, even among deaths of one millisecond', async () => {
    const ids = await fixture.bury(9);
    for (const id of ids) await fixture.date(id, 1_000);
    const letters = fixture.letters();
    const first = await letters.list({ limit: 4 });
    await fixture.bull.remove(first.items.at(-1)!.id);
    const second = await letters.list({ limit: 9, cursor: first.cursor! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('has exactly the matches of its filter', async () => {
    await fixture.bury(2, { data: (i) => envelope({}, `shop-${i}`), failure: '[invalid] no' });
    await fixture.bury(2, { name: 'points.spend' });
    const letters = fixture.letters();
    const ids = async (filter: Parameters<typeof letters.list>[0]) =>
      (await letters.list(filter)).items.map(({ id }) => id).sort();
    await fixture.date('job-3', 5_000);
    expect(await ids({ merchant: 'shop-1' })).toEqual(['job-1']);
    expect(await ids({ name: 'points.spend' })).toEqual(['job-2', 'job-3']);
    expect(await ids({ reason: 'invalid' })).toEqual(['job-0', 'job-1']);
    expect(await ids({ reason: 'invalid', name: 'points.spend' })).toEqual([]);
    expect(await ids({ failedBefore: 5_001 })).toEqual(['job-3']);
    expect(await ids({ failedBefore: 5_000 })).toEqual([]);
    expect(await ids({ failedAfter: 5_001 })).toEqual(['job-0', 'job-1', 'job-2']);
    expect(await letters.count({ failedAfter: 5_000, name: 'points.spend' })).toBe(2);
  });

  it('refuses an invalid cursor and an invalid time', async () => {
    const letters = fixture.letters();
    await expect(letters.list({ cursor: '???' })).rejects.toThrow('cursor of the previous page');
    await expect(letters.list({ failedAfter: 'soon' })).rejects.toThrow('deadLetters.failedAfter');
  });
});

describe('a discarded dead letter', () => {
  it('is in exactly one place, keeps its job and is restored unchanged', async () => {
    const [id] = await fixture.bury(2);
    const letters = fixture.letters();
    const before = await letters.get(id!);
    await letters.discard(id!, { by: 'ada', reason: 'a test order' });
    expect((await letters.list()).items.map((letter) => letter.id)).toEqual(['job-1']);
    expect(await letters.groups()).toMatchObject([{ count: 1 }]);
    expect(await letters.get(id!)).toMatchObject({
      failedAt: before.failedAt,
      discarded: { by: 'ada', reason: 'a test order' },
    });
    await expect(letters.redrive(id!, 'ada')).rejects.toThrow(DeadLetterNotFoundError);
    await fixture.bull.add('points.award', { other: true }, { jobId: id! });
    expect(await fixture.bull.getWaitingCount()).toBe(0);
    expect((await letters.discarded()).items).toMatchObject([{ id }]);
    await letters.restore(id!, 'bob');
    const { history, ...restored } = await letters.get(id!);
    const { history: _none, ...original } = before;
    expect(restored).toEqual(original);
    expect(history).toMatchObject([{ kind: 'restored', by: 'bob' }, { kind: 'discarded' }]);
    expect(await letters.groups()).toMatchObject([{ count: 2 }]);
  });

  it('is discarded once and never run when a redrive happens at the same time', async () => {
    const ids = await fixture.bury(40);
    const letters = fixture.letters();
    const other = fixture.letters();
    for (const id of ids) {
      const [discarded, redriven] = await Promise.allSettled([
        letters.discard(id, { by: 'ada', reason: 'no' }),
        other.redrive(id, 'bob'),
      ]);
      const places = await Promise.all([
        fixture.client.zscore(fixture.key('dead-letters:discarded'), id),
        fixture.client.lpos(fixture.key('wait'), id),
        fixture.client.zscore(fixture.key('failed'), id),
      ]);
      expect(places.filter((place) => place !== null)).toHaveLength(1);
      expect(places[0] !== null).toBe(discarded.status === 'fulfilled');
      expect(places[1] !== null).toBe(redriven.status === 'fulfilled');
    }
  });

  it('needs a reason', async () => {
    const [id] = await fixture.bury(1);
    await expect(fixture.letters().discard(id!, { by: 'ada', reason: ' ' })).rejects.toThrow(
      'deadLetters.discard.reason',
    );
  });

  it('cannot be restored if it was not discarded', async () => {
    const [id] = await fixture.bury(1);
    await expect(fixture.letters().restore(id!, 'ada')).rejects.toThrow(DeadLetterNotFoundError);
  });
});

describe('an edit', () => {
  it('runs the new payload and keeps the old one, to the last digit', async () => {
    const data = envelope({ points: 9_007_199_254_740_991, tags: [] });
    const [id] = await fixture.bury(1, { data: () => data });
    const letters = fixture.letters();
    const { revision } = await letters.get(id!);
    await letters.editAndRedrive(id!, { payload: { points: 5, tags: [] }, revision, by: 'ada' });
    const job = (await fixture.bull.getJob(id!)) as Job;
    expect(job.data).toEqual(envelope({ points: 5, tags: [] }));
    expect(await job.getState()).toBe('waiting');
    const stored = await fixture.client.hget(fixture.key(id!), 'loyalnest:history');
    expect(JSON.parse(stored!)).toMatchObject([
      { kind: 'edited', by: 'ada', payload: { points: 9_007_199_254_740_991, tags: [] } },
      { kind: 'redriven', by: 'ada' },
    ]);
  });

  it('is refused if the payload has changed, and changes nothing', async () => {
    const [id] = await fixture.bury(1);
    const letters = fixture.letters();
    const { revision } = await letters.get(id!);
    const job = (await fixture.bull.getJob(id!)) as Job;
    await job.updateData(envelope({ n: 'theirs' }));
    await expect(
      letters.editAndRedrive(id!, { payload: { n: 'mine' }, revision, by: 'ada' }),
    ).rejects.toThrow(DeadLetterChangedError);
    expect(await letters.get(id!)).toMatchObject({ payload: { n: 'theirs' }, history: [] });
  });

  it('is refused if the payload changes during validation', async () => {
    const [id] = await fixture.bury(1);
    const letters = fixture.letters({
      definitionOf: () => ({
        version: 2,
        validate: async (payload) => {
          const job = (await fixture.bull.getJob(id!)) as Job;
          await job.updateData(envelope({ n: 'theirs' }));
          return payload;
        },
      }),
    });
    const { revision } = await letters.get(id!);
    await expect(
      letters.editAndRedrive(id!, { payload: { n: 'mine' }, revision, by: 'ada' }),
    ).rejects.toThrow(DeadLetterChangedError);
    expect(await letters.get(id!)).toMatchObject({ payload: { n: 'theirs' } });
  });

  it('is validated by the definition of its job', async () => {
    const [id] = await fixture.bury(1);
    const letters = fixture.letters({
      payloadLimitBytes: 100,
      definitionOf: (name) => ({
        version: 1,
        validate: async (payload) => {
          if ((payload as { n: unknown }).n === 'bad')
            throw new InvalidPayloadError(name, ['n: bad']);
          return payload;
        },
      }),
    });
    const { revision } = await letters.get(id!);
    const edit = (payload: unknown) =>
      letters.editAndRedrive(id!, { payload, revision, by: 'ada' });
    await expect(edit({ n: 'bad' })).rejects.toThrow(InvalidPayloadError);
    await expect(edit({ n: 'x'.repeat(100) })).rejects.toThrow(PayloadTooLargeError);
    expect(await letters.get(id!)).toMatchObject({ payload: { n: 0 }, history: [] });
  });
});

describe('a redrive', () => {
  it('resets attempts, starts and stalls, and keeps the last 20 history entries', async () => {
    const [id] = await fixture.bury(1);
    const letters = fixture.letters();
    const { revision } = await letters.get(id!);
    await letters.editAndRedrive(id!, { payload: { n: 1 }, revision, by: 'ada' });
    for (let round = 0; round < 25; round++) {
      const worker = fixture.work(async () => {
        throw new UnrecoverableError(`round ${round}`);
      });
      await new Promise((done) => worker.once('failed', done));
      await worker.close();
      await fixture.client.hset(fixture.key(id!), 'stc', 5);
      await letters.redrive(id!, 'ada');
    }
    expect(await fixture.client.hmget(fixture.key(id!), 'stc', 'atm', 'ats')).toEqual([
      null,
      null,
      null,
    ]);
    const stored = await fixture.client.hget(fixture.key(id!), 'loyalnest:history');
    const history = JSON.parse(stored!) as { kind: string; failure?: string }[];
    expect(history).toHaveLength(20);
    expect(history[0]).toMatchObject({ kind: 'edited', payload: { n: 0 } });
    expect(history.at(-1)).toMatchObject({ failure: 'round 24' });
  });

  it('happens once when ten people start it at the same time', async () => {
    const [id] = await fixture.bury(1);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => fixture.letters().redrive(id!, 'ada')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await fixture.bull.getWaitingCount()).toBe(1);
    const stored = await fixture.client.hget(fixture.key(id!), 'loyalnest:history');
    expect(JSON.parse(stored!)).toHaveLength(1);
  });

  it('skips a dead letter that another redrive holds', async () => {
    const [id] = await fixture.bury(1);
    await fixture.client.set(fixture.key(`${id}:redrive`), 'another', 'PX', 60_000);
    const letters = fixture.letters();
    await expect(letters.redrive(id!, 'ada')).rejects.toThrow(DeadLetterBusyError);
    const discard = letters.discard(id!, { by: 'ada', reason: 'no' });
    await expect(discard).rejects.toThrow(DeadLetterBusyError);
  });
});

describe('the pruner', () => {
  const DAY = 86_400_000;
  const now = Date.UTC(2026, 5, 1);
  const clock = new FakeClock(now);
  const retention = (options: Parameters<typeof resolveDeadLetterOptions>[0]) =>
    resolveDeadLetterOptions(options).retention;

  async function age(ids: readonly string[], days: (i: number) => number): Promise<void> {
    for (const [i, id] of ids.entries()) await fixture.date(id, now - days(i) * DAY);
  }

  const left = async (): Promise<string[]> => (await fixture.bull.getFailed()).map(({ id }) => id!);

  it('removes what is too old, by the age of its reason, with all its keys', async () => {
    await age(await fixture.bury(4, { failure: '[invalid] no' }), (i) => [1, 8, 29, 31][i]!);
    await age(await fixture.bury(3, { failure: '[poison] no' }), (i) => [1, 179, 181][i]!);
    await fixture.client.rpush(fixture.key('job-3:logs'), 'a line');
    const events = listen<DeadLettersPruned>('dead-letters-pruned');
    const letters = fixture.letters(
      { retention: retention({ reasons: { invalid: { maxAge: '30d' } } }) },
      clock,
    );
    const pruned = await letters.prune();
    expect(pruned).toEqual({ queue: 'points', removed: { invalid: 1, poison: 1 }, discarded: 0 });
    expect(events).toEqual([pruned]);
    expect((await left()).sort()).toEqual(['job-0', 'job-1', 'job-2', 'job-4', 'job-5']);
    expect(await fixture.client.exists(fixture.key('job-3'), fixture.key('job-3:logs'))).toBe(0);
    expect((await letters.groups()).map(({ count }) => count)).toEqual([5]);
    expect(await letters.reconcile({ full: true })).toMatchObject({ missing: 0 });
  });

  it('removes the oldest above a count, in total and for a reason, and no more', async () => {
    await age(await fixture.bury(150), (i) => 10 - i / 100);
    await age(await fixture.bury(5, { failure: '[expired] no' }), (i) => 20 - i);
    const options = { maxCount: 120, reasons: { expired: { maxCount: 3 } } };
    const letters = fixture.letters({ retention: retention(options) }, clock);
    const pruned = await letters.prune();
    expect(pruned!.removed).toEqual({ expired: 5, exhausted: 30 });
    const ids = await left();
    expect(ids).toHaveLength(120);
    expect(ids.sort()).toEqual(Array.from({ length: 120 }, (_n, i) => `job-${i + 30}`).sort());
    expect((await letters.prune())!.removed).toEqual({});
  });

  it('keeps what is being redriven', async () => {
    const ids = await fixture.bury(3);
    await age(ids, () => 400);
    const letters = fixture.letters({ retention: retention({}) }, clock);
    await letters.reconcile();
    await fixture.client.set(fixture.key(`${ids[1]}:redrive`), 'another', 'PX', 60_000);
    await letters.prune();
    expect(await left()).toEqual([ids[1]]);
  });

  it('runs in one process at a time', async () => {
    await age(await fixture.bury(300), () => 400);
    const options = { retention: retention({}) };
    const pruners = [1, 2, 3].map(() => fixture.letters(options, clock));
    await Promise.all(pruners.map((letters) => letters.reconcile()));
    const results = await Promise.all(pruners.map((letters) => letters.prune()));
    const removed = results.map((result) => result?.removed.exhausted ?? 0);
    expect(removed.reduce((a, b) => a + b)).toBe(300);
    expect(results.filter((result) => result !== undefined)).toHaveLength(1);
  });

  it('removes a discarded one when it can no longer be restored', async () => {
    const ids = await fixture.bury(2);
    const clocks = new FakeClock(now);
    const letters = fixture.letters({ retention: retention({ discardedFor: '30d' }) }, clocks);
    await letters.discard(ids[0]!, { by: 'ada', reason: 'no' });
    await clocks.advance(29 * DAY);
    await letters.discard(ids[1]!, { by: 'ada', reason: 'no' });
    await clocks.advance(2 * DAY);
    expect(await letters.prune()).toMatchObject({ discarded: 1 });
    await expect(letters.restore(ids[0]!, 'ada')).rejects.toThrow(DeadLetterNotFoundError);
    expect(await fixture.client.exists(fixture.key(ids[0]!))).toBe(0);
    await letters.restore(ids[1]!, 'ada');
  });
});

it.each([
  [{ maxAge: '5m' }, 'queue.deadLetters.maxAge: got'],
  [{ maxCount: 0 }, 'queue.deadLetters.maxCount: got 0'],
  [{ reasons: { tired: {} } }, 'queue.deadLetters.reasons: got'],
  [{ reasons: { poison: { maxCount: 1.5 } } }, 'queue.deadLetters.reasons.poison.maxCount'],
  [{ discardedFor: 'never' }, 'queue.deadLetters.discardedFor: got'],
  [{ reconcileEvery: '1h', fullReconcileEvery: '1m' }, 'queue.deadLetters.fullReconcileEvery'],
])('refuses the options %j', (options, message) => {
  expect(() => resolveDeadLetterOptions(options as never)).toThrow(message);
});
