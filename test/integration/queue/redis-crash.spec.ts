import { SystemClock } from '@loyalnest/core';
import { QueueUnavailableError } from '@loyalnest/queue';
import { eventually, type OwnProcess } from '@loyalnest/testing';
import { Effect, EffectsSite, idOf, type EffectsQueue } from './effects-site.js';
import { startWorker } from './worker-fleet.js';

const JOBS = 5_000;
/** Number of concurrent producers. */
const PRODUCERS = 20;
const WORKERS = 2;
/** Numbers of acknowledged jobs at which Redis is killed. */
const KILLED_AT = [1_500, 3_500];
const events = Array.from({ length: JOBS }, (_none, i) => `event-${String(i).padStart(4, '0')}`);

const clock = new SystemClock();
const acknowledged = new Set<string>();
const refusals: unknown[] = [];

let site: EffectsSite;
let effects: EffectsQueue;
let workers: readonly OwnProcess[] = [];

beforeAll(async () => {
  site = await EffectsSite.start({ appendOnly: true, settings: { appendfsync: 'always' } });
  effects = await site.open('{effects}');
  workers = Array.from({ length: WORKERS }, () =>
    startWorker(...effects.worker({ CONCURRENCY: '10' })),
  );
  await Promise.all(workers.map((worker) => worker.waitForLine(/ready/, 60_000)));
}, 90_000);
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await site?.stop();
});

/** Enqueues all events, retrying refused ones with the same key, like a caller. */
async function enqueueAll(): Promise<void> {
  const left = events.values();
  const produce = async (): Promise<void> => {
    for (const event of left) {
      while (!acknowledged.has(event)) {
        try {
          await effects.producer.enqueue(Effect, { event, takesMs: 2 }, { idempotencyKey: event });
          acknowledged.add(event);
        } catch (error) {
          refusals.push(error);
          await clock.sleep(20);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: PRODUCERS }, produce));
}

/** @returns jobs that Redis had acknowledged before it was killed but no longer has */
async function killRedis(): Promise<readonly string[]> {
  await site.redis.kill();
  const known = [...acknowledged].map(idOf);
  await site.redis.restart();
  const there = ['wait', 'active', 'completed'] as const;
  return eventually(() => effects.audit.astray(known, there));
}

it('no job is lost when Redis is killed twice under 5,000 jobs', async () => {
  const enqueued = enqueueAll();
  for (const count of KILLED_AT) {
    await eventually(() => acknowledged.size >= count, { within: '40s', every: '5ms' });
    expect(await killRedis()).toEqual([]);
  }
  await enqueued;
  expect(refusals.length).toBeGreaterThan(0);
  expect(refusals.filter((error) => !(error instanceof QueueUnavailableError))).toEqual([]);
  await effects.settled(events, '60s', ['completed']);
}, 150_000);

it('the workers reconnect by themselves', () => {
  expect(workers.map(({ running }) => running)).toEqual([true, true]);
});

it('each job has its effect exactly once', async () => {
  expect(await site.ledger.effects()).toEqual(events);
});
