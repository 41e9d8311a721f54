import { SystemClock } from '@loyalnest/core';
import { DeadLetterNotFoundError, RedriveTasks } from '@loyalnest/queue';
import { eventually } from '@loyalnest/testing';
import { Effect, EffectsSite, idOf, type EffectsQueue } from './effects-site.js';
import { seededRandom } from './seeded-random.js';
import { WorkerFleet } from './worker-fleet.js';

const JOBS = 1_000;
const WORKERS = 3;
const MAX_KILLS = 12;
/** Reproduces the jobs and the times of the kills, but not which jobs a kill hits. */
const SEED = Number(process.env['CRASH_SEED'] ?? Date.now() % 1_000_000);

const clock = new SystemClock();
const random = seededRandom(SEED);
const jobs = Array.from({ length: JOBS }, (_none, i) => {
  const event = `event-${String(i).padStart(4, '0')}`;
  const failures = random() < 0.9 ? 0 : random() < 0.5 ? 1 : 2;
  const takesMs = Math.floor(20 + random() * 300);
  return { payload: { event, failures, takesMs }, idempotencyKey: event };
});
const events = jobs.map(({ payload }) => payload.event);
/** Events that fail in both attempts. */
const doomed = jobs.flatMap(({ payload: { event, failures } }) => (failures === 2 ? [event] : []));
const unwanted = doomed.filter(() => random() < 0.5);
const wanted = events.filter((event) => !doomed.includes(event));

let site: EffectsSite;
let effects: EffectsQueue;
let fleet: WorkerFleet;

beforeAll(async () => {
  site = await EffectsSite.start();
  effects = await site.open('{effects}');
  const results = await effects.producer.enqueueMany(Effect, jobs);
  expect(results.filter(({ outcome }) => outcome !== 'enqueued')).toEqual([]);
}, 60_000);
afterAll(async () => {
  await fleet?.stop();
  await site?.stop();
});

/** Kills workers at random times while jobs are left to run. */
async function killWorkers(ended: AbortSignal): Promise<void> {
  for (let kills = 0; kills < MAX_KILLS && !ended.aborted; kills++) {
    await clock.sleep(random() * 600);
    await fleet.kill(random(), ended);
  }
}

/** Discards unwanted jobs as soon as they are dead letters, like an operator. */
async function discardUnwanted(ended: AbortSignal): Promise<void> {
  const left = new Set(unwanted);
  while (left.size > 0 && !ended.aborted) {
    for (const event of left) {
      try {
        await effects.letters.discard(idOf(event), { by: 'ada', reason: 'an order of our tests' });
        left.delete(event);
      } catch (error) {
        if (!(error instanceof DeadLetterNotFoundError)) throw error;
      }
    }
    await clock.sleep(50);
  }
}

/** Events of the dead letters with this reason. */
async function dead(reason: 'exhausted' | 'poison'): Promise<readonly string[]> {
  const { items } = await effects.letters.list({ reason, limit: 1_000 });
  return items.map(({ payload }) => (payload as { event: string }).event).toSorted();
}

describe(`1,000 jobs whose workers are killed at random (CRASH_SEED=${SEED})`, () => {
  it('each end up either completed, as a dead letter or discarded', async () => {
    fleet = new WorkerFleet(...effects.worker({ CONCURRENCY: '10' }), WORKERS);
    const ended = new AbortController();
    const others = Promise.all([killWorkers(ended.signal), discardUnwanted(ended.signal)]);
    try {
      await effects.settled(wanted, '120s', ['completed', 'failed']);
      await effects.settled(unwanted, '30s', ['dead-letters:discarded']);
      await effects.settled(doomed, '30s', ['failed', 'dead-letters:discarded']);
    } finally {
      ended.abort();
      await others;
    }
    expect(fleet.deaths).toBeGreaterThan(2);
    expect(
      await effects.audit.astray(events.map(idOf), [
        'completed',
        'failed',
        'dead-letters:discarded',
      ]),
    ).toEqual([]);
    await effects.audit.expectIndexIsFailedSet(effects.letters);
  }, 200_000);

  it('have their effect exactly once if they completed, although many ran twice', async () => {
    const poison = await dead('poison');
    const completed = wanted.filter((event) => !poison.includes(event));
    const had = await site.ledger.effects();
    expect(completed.filter((event) => !had.includes(event))).toEqual([]);
    expect(had.filter((event) => doomed.includes(event))).toEqual([]);
    const retried = jobs.filter(({ payload: { event, failures } }) => {
      return failures === 1 && completed.includes(event);
    });
    const planned = completed.length + retried.length;
    expect(await site.ledger.runCount(completed)).toBeGreaterThan(planned);
  });

  it('become dead letters only after two failures or two crashes', async () => {
    const poison = await dead('poison');
    for (const event of poison) {
      const job = await effects.bull.getJob(idOf(event));
      // The run that should have recorded it may have crashed too.
      expect(job!.stalledCounter).toBeGreaterThanOrEqual(2);
    }
    const exhausted = doomed.filter((event) => ![...unwanted, ...poison].includes(event));
    expect(await dead('exhausted')).toEqual(exhausted);
  });

  it('complete when the poison dead letters are redriven', async () => {
    const tasks = effects.app.get(RedriveTasks);
    const filter = { reason: 'poison' } as const;
    const request = { by: 'ada', rate: 1_000, canary: 0, stopAbove: 1, filter };
    const { id } = await tasks.start('effects', request);
    await eventually(async () => (await tasks.get('effects', id)).state === 'completed', {
      within: '40s',
    });
    await effects.settled(wanted, '10s', ['completed']);
    expect(await site.ledger.effects()).toEqual(wanted);
    await effects.audit.expectIndexIsFailedSet(effects.letters);
  }, 60_000);
});
