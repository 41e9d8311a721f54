import { eventually } from '@loyalnest/testing';
import { Effect, EffectsSite, idOf, type EffectsQueue } from './effects-site.js';
import { WorkerFleet } from './worker-fleet.js';

interface Crash {
  /** The step at which the process is killed; see `effects-app.ts`. */
  readonly dies: string;
  readonly failures?: number;
  /** The attempt number that each run saw. */
  readonly runs: readonly number[];
  /** Crashes that count against the job. */
  readonly crashes: number;
  readonly attemptsMade: number;
  readonly end?: 'failed';
}

const CRASHES: Readonly<Record<string, Crash>> = {
  'before the handler runs': { dies: 'taken', runs: [1], crashes: 1, attemptsMade: 1 },
  'in the handler, before its effect': { dies: 'handling', runs: [1], crashes: 1, attemptsMade: 1 },
  'after the effect': { dies: 'effect', runs: [1, 1], crashes: 1, attemptsMade: 1 },
  'before Redis learns that the job completed': {
    dies: 'settling',
    runs: [1, 1],
    crashes: 1,
    attemptsMade: 1,
  },
  'after Redis learned that the job completed': {
    dies: 'settled',
    runs: [1],
    crashes: 0,
    attemptsMade: 1,
  },
  'before Redis learns that the job failed': {
    dies: 'settling',
    failures: 1,
    runs: [1, 1, 2],
    crashes: 1,
    attemptsMade: 2,
  },
  'after Redis learned that the job failed': {
    dies: 'settled',
    failures: 1,
    runs: [1, 2],
    crashes: 0,
    attemptsMade: 2,
  },
  'before Redis learns that its last attempt failed': {
    dies: 'settling',
    failures: 2,
    runs: [1, 2, 2],
    crashes: 1,
    attemptsMade: 2,
    end: 'failed',
  },
  'after Redis learned that its last attempt failed': {
    dies: 'settled',
    failures: 2,
    runs: [1, 2],
    crashes: 0,
    attemptsMade: 2,
    end: 'failed',
  },
};

describe('a worker that is killed', () => {
  let site: EffectsSite;
  const queues = new Map<string, EffectsQueue>();
  const fleets: WorkerFleet[] = [];

  // Each case has its own queue and worker, so that all lost locks expire in parallel.
  beforeAll(async () => {
    site = await EffectsSite.start();
    const ends = Object.entries(CRASHES).map(async ([name, { dies, failures }], i) => {
      const effects = await site.open(`{crash-${i}}`);
      queues.set(name, effects);
      const payload = { event: name, dies, ...(failures && { failures }) };
      await effects.producer.enqueue(Effect, payload, { idempotencyKey: name });
      const fleet = new WorkerFleet(...effects.worker(), 1);
      fleets.push(fleet);
      await effects.settled([name], '100s', ['completed', 'failed']);
      await eventually(() => expect(fleet.deaths).toBe(1));
    });
    await Promise.all(ends);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    await site?.stop();
  });

  it.each(Object.entries(CRASHES))('%s loses no job and repeats no effect', async (name, crash) => {
    const { end = 'completed', runs, crashes, attemptsMade } = crash;
    const { audit, bull, letters } = queues.get(name)!;
    expect(await audit.astray([idOf(name)], [end])).toEqual([]);
    expect(await site.ledger.runs(name)).toEqual(runs);
    expect(await bull.getJob(idOf(name))).toMatchObject({ stalledCounter: crashes, attemptsMade });
    await audit.expectIndexIsFailedSet(letters);
    const { items } = await letters.list();
    expect(items.map(({ reason }) => reason)).toEqual(end === 'failed' ? ['exhausted'] : []);
  });

  it('leaves one effect for each completed job and none for a dead letter', async () => {
    const completed = Object.entries(CRASHES).flatMap(([name, { end }]) => (end ? [] : [name]));
    expect(await site.ledger.effects()).toEqual(completed.toSorted());
  });
});
