import { defineJob } from '@loyalnest/queue';
import { eventually, type OwnProcess } from '@loyalnest/testing';
import { Effect, EffectPayload, EffectsSite, idOf, type EffectsQueue } from './effects-site.js';
import { startWorker } from './worker-fleet.js';

const WORKERS = 2;
const CONCURRENCY = 10;
/** Together both kinds of jobs fill all slots of the workers. */
const EACH = (WORKERS * CONCURRENCY) / 2;
const many = Array.from({ length: EACH }, (_none, i) => `five-attempts-${i}`);
const single = Array.from({ length: EACH }, (_none, i) => `one-attempt-${i}`);
const all = [...many, ...single];

const attempts = (count: number) =>
  defineJob(Effect.name, { payload: EffectPayload, attempts: count });

let site: EffectsSite;
let effects: EffectsQueue;
let workers: readonly OwnProcess[] = [];
const started: OwnProcess[] = [];

beforeAll(async () => {
  site = await EffectsSite.start();
  effects = await site.open('{effects}');
}, 60_000);
afterAll(async () => {
  await Promise.all(started.map((worker) => worker.kill()));
  await site?.stop();
});

/** @param holds whether its jobs run until they are aborted */
async function start(holds: boolean): Promise<OwnProcess> {
  const env = { CONCURRENCY: String(CONCURRENCY), LOCK: '30s', ...(holds && { HOLDS: '1' }) };
  const worker = startWorker(...effects.worker(env));
  started.push(worker);
  await worker.waitForLine(/ready/, 60_000);
  return worker;
}

const startAll = (holds: boolean): Promise<readonly OwnProcess[]> =>
  Promise.all(Array.from({ length: WORKERS }, () => start(holds)));

/** Stops the old workers one after the other once new ones are ready, like an orchestrator. */
async function replaceWorkers(holds: boolean): Promise<void> {
  const next = await startAll(holds);
  for (const old of workers) {
    old.signal('SIGTERM');
    expect(await old.exited).toEqual({ code: 0, signal: null });
  }
  workers = next;
}

async function expectRunning(runs: number): Promise<void> {
  await eventually(
    async () => {
      expect(await site.ledger.runCount()).toBe(runs);
      expect(await effects.bull.getActiveCount()).toBe(all.length);
    },
    { within: '30s' },
  );
}

it('jobs in their last attempt survive two rolling restarts and complete', async () => {
  for (const event of many) {
    const payload = { event, failures: 4 };
    await effects.producer.enqueue(attempts(5), payload, { idempotencyKey: event });
  }
  for (const event of single) {
    await effects.producer.enqueue(attempts(1), { event }, { idempotencyKey: event });
  }
  workers = await startAll(true);
  const runs = 5 * EACH + EACH;
  await expectRunning(runs);
  await replaceWorkers(true);
  await expectRunning(runs + all.length);
  await replaceWorkers(false);
  await effects.settled(all, '30s', ['completed']);
}, 150_000);

it.each([
  ['five attempts', many, [1, 2, 3, 4, 5, 5, 5], 5],
  ['one attempt', single, [1, 1, 1], 1],
] as const)(
  'a hand-back of jobs with %s counts neither as an attempt nor as a crash',
  async (...row) => {
    const [, events, runs, attemptsMade] = row;
    for (const event of events) {
      expect(await site.ledger.runs(event)).toEqual(runs);
      const job = await effects.bull.getJob(idOf(event));
      expect(job).toMatchObject({ attemptsMade, stalledCounter: 0 });
    }
  },
);

it('each job has its effect exactly once', async () => {
  expect(await site.ledger.effects()).toEqual(all.toSorted());
});
