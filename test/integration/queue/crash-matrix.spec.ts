import { eventually } from '@loyalnest/testing';
import { Effect, EffectsSite, idOf, type EffectsQueue } from './effects-site.js';
import { WorkerFleet } from './worker-fleet.js';

interface Crash {
  /** Where the process ends by SIGKILL; see `effects-app.ts`. */
  readonly dies: string;
  readonly failures?: number;
  /** Attempts of its runs, as their handlers saw them. */
  readonly runs: readonly number[];
  /** Crashes that count against the job. */
  readonly crashes: number;
  readonly attemptsMade: number;
  readonly end?: 'failed';
}

const CRASHES: Readonly<Record<string, Crash>> = {
  'before the handler is entered': { dies: 'taken', runs: [1], crashes: 1, attemptsMade: 1 },
  'in the handler, before its effect': { dies: 'handling', runs: [1], crashes: 1, attemptsMade: 1 },
  'after the effect': { dies: 'effect', runs: [1, 1], crashes: 1, attemptsMade: 1 },
  'before Redis is told that it ended': {
    dies: 'settling',
    runs: [1, 1],
    crashes: 1,
    attemptsMade: 1,
  },
  'once Redis knows that it ended': { dies: 'settled', runs: [1], crashes: 0, attemptsMade: 1 },
  'before Redis is told that it failed': {
    dies: 'settling',
    failures: 1,
    runs: [1, 1, 2],
    crashes: 1,
    attemptsMade: 2,
  },
  'once Redis knows that it failed': {
    dies: 'settled',
    failures: 1,
    runs: [1, 2],
    crashes: 0,
    attemptsMade: 2,
  },
  'before Redis is told that it failed for the last time': {
    dies: 'settling',
    failures: 2,
    runs: [1, 2, 2],
    crashes: 1,
    attemptsMade: 2,
    end: 'failed',
  },
  'once Redis knows that it failed for the last time': {
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

  // Each case has a queue and a worker of its own: they wait for their lost locks together.
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

  it('leaves one effect of each job that completed and none of a dead letter', async () => {
    const completed = Object.entries(CRASHES).flatMap(([name, { end }]) => (end ? [] : [name]));
    expect(await site.ledger.effects()).toEqual(completed.toSorted());
  });
});
