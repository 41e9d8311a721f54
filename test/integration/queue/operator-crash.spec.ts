import { DeadLetterNotFoundError, RedriveEngine } from '@loyalnest/queue';
import { eventually, OwnProcess, RedisServer } from '@loyalnest/testing';
import type { Job } from 'bullmq';
import { join } from 'node:path';
import { DeadLetterFixture, envelope } from '@loyalnest/testing/dead-letters';
import { compileApp } from '../compile-app.js';
import { QueueAudit, type Place } from './queue-audit.js';

/** More round trips to Redis than any operation makes. */
const MAX_TRIPS = 50;
const CRASHES_BEFORE = 2;
/** The lease in `operator-app.ts`. */
const LEASE_MS = 1_000;
/** By then the lock (10 s) and the lease of a killed process have expired. */
const TAKEN_OVER = '60s';
const TEST_LIMIT_MS = 150_000;

let redis: RedisServer;
let program: Awaited<ReturnType<typeof compileApp>>;
const fixtures: DeadLetterFixture[] = [];

beforeAll(async () => {
  [redis, program] = await Promise.all([
    RedisServer.start(),
    compileApp(join(import.meta.dirname, 'operator-app.ts'), ['core', 'queue']),
  ]);
}, 60_000);
afterAll(async () => {
  await Promise.all(fixtures.map((fixture) => fixture.close()));
  await redis?.stop();
  program?.remove();
});

/** Creates a queue with dead letters of jobs that have used up their crashes. */
async function bury(count: number): Promise<[fixture: DeadLetterFixture, ids: readonly string[]]> {
  const fixture = new DeadLetterFixture(redis);
  fixtures.push(fixture);
  const ids = await fixture.bury(count, { data: () => envelope({ original: true }) });
  await Promise.all(ids.map((id) => fixture.client.hset(fixture.key(id), 'stc', CRASHES_BEFORE)));
  await fixture.letters().reconcile();
  return [fixture, ids];
}

const auditOf = (fixture: DeadLetterFixture): QueueAudit =>
  new QueueAudit(fixture.client, fixture.bull);

/** @returns whether the operator was killed before it was done */
async function operate(
  operation: string,
  { prefix }: DeadLetterFixture,
  diesBefore: number,
  id = '',
): Promise<boolean> {
  const operator = OwnProcess.start({
    name: `operator of ${operation}`,
    command: process.execPath,
    args: [program.entry],
    env: {
      ...process.env,
      REDIS_URL: redis.url,
      PREFIX: prefix,
      OPERATION: operation,
      ID: id,
      DIES_BEFORE: String(diesBefore),
    },
  });
  const { code, signal } = await operator.exited;
  if (signal === 'SIGKILL') return true;
  if (code !== 0) throw operator.endedError();
  return false;
}

interface Operation {
  /** Where the dead letter may be after a crash at any step. */
  readonly between: readonly Place[];
  /** Where it is once the operation was repeated. */
  readonly done: Place;
  /** Repeats the operation as another operator. */
  readonly again: (fixture: DeadLetterFixture, id: string) => Promise<unknown>;
  readonly prepare?: (fixture: DeadLetterFixture, id: string) => Promise<unknown>;
  readonly history: readonly string[];
  /** The payload that the job finally runs with. */
  readonly payload?: unknown;
}

const by = 'bob';
const OPERATIONS: Readonly<Record<string, Operation>> = {
  redrive: {
    between: ['failed', 'wait'],
    done: 'wait',
    again: (fixture, id) => fixture.letters().redrive(id, by),
    history: ['redriven'],
    payload: { original: true },
  },
  edit: {
    between: ['failed', 'wait'],
    done: 'wait',
    again: async (fixture, id) => {
      const { revision } = await fixture.letters().get(id);
      await fixture.letters().editAndRedrive(id, { payload: { edited: true }, revision, by });
    },
    history: ['edited', 'redriven'],
    payload: { edited: true },
  },
  discard: {
    between: ['failed', 'dead-letters:discarded'],
    done: 'dead-letters:discarded',
    again: (fixture, id) => fixture.letters().discard(id, { by, reason: 'of no use' }),
    history: ['discarded'],
  },
  restore: {
    between: ['failed', 'dead-letters:discarded'],
    done: 'failed',
    prepare: (fixture, id) => fixture.letters().discard(id, { by, reason: 'by mistake' }),
    again: (fixture, id) => fixture.letters().restore(id, by),
    history: ['discarded', 'restored'],
  },
};

/** Repeats an operation, killed one step later each time, until it completes. Returns all jobs. */
async function crashAtEachStep(operation: string): Promise<[DeadLetterFixture, readonly string[]]> {
  const { prepare, between } = OPERATIONS[operation]!;
  const [fixture, ids] = await bury(MAX_TRIPS);
  for (const [i, id] of ids.entries()) {
    await prepare?.(fixture, id);
    const killed = await operate(operation, fixture, i + 1, id);
    expect(await auditOf(fixture).astray([id], between)).toEqual([]);
    if (!killed) return [fixture, ids.slice(0, i + 1)];
  }
  throw new Error(`${operation} needs more than ${MAX_TRIPS} round trips to Redis`);
}

it.concurrent.each(Object.entries(OPERATIONS))(
  '%s takes effect once if it is killed before any step and repeated by another operator',
  async (name, { done, again, history, payload }) => {
    const [fixture, ids] = await crashAtEachStep(name);
    expect(ids.length).toBeGreaterThan(2);
    for (const id of ids) {
      await eventually(
        () =>
          again(fixture, id).catch((error: unknown) => {
            // The killed operator had already finished it.
            if (!(error instanceof DeadLetterNotFoundError)) throw error;
          }),
        { within: TAKEN_OVER, what: `${name} of ${id}` },
      );
    }
    expect(await auditOf(fixture).astray(ids, [done])).toEqual([]);
    await auditOf(fixture).expectIndexIsFailedSet(fixture.letters());
    for (const id of ids) {
      const stored = await fixture.client.hget(fixture.key(id), 'loyalnest:history');
      const entries = JSON.parse(stored!) as { kind: string; payload?: unknown }[];
      // An operator that was killed halfway may have left its entry.
      expect([...new Set(entries.map(({ kind }) => kind))]).toEqual(history);
      if (name === 'edit') expect(entries[0]!.payload).toEqual({ original: true });
    }
    if (payload === undefined) return;
    const runs: Pick<Job, 'id' | 'data' | 'stalledCounter' | 'attemptsMade'>[] = [];
    fixture.work(async ({ id, data, stalledCounter, attemptsMade }) => {
      runs.push({ id: id!, data, stalledCounter, attemptsMade });
    });
    await eventually(
      async () => expect(await auditOf(fixture).astray(ids, ['completed'])).toEqual([]),
      { within: '30s' },
    );
    const counters = { stalledCounter: 0, attemptsMade: 0 };
    expect(runs.toSorted((one, other) => one.id!.localeCompare(other.id!))).toEqual(
      ids.toSorted().map((id) => ({ id, data: envelope(payload), ...counters })),
    );
  },
  TEST_LIMIT_MS,
);

/** Finishes, in another process, the task of a killed one. */
async function finishTask(fixture: DeadLetterFixture, ids: readonly string[]): Promise<void> {
  const runs: string[] = [];
  fixture.work(async (job) => void runs.push(job.id!));
  const engine = new RedriveEngine(fixture.letters(), LEASE_MS);
  const [known] = await engine.list();
  // If the process was killed before it stored the task, there is none.
  const { id } = known ?? (await engine.start({ by, canary: 0, rate: 1_000 }));
  await eventually(async () => expect(await engine.run(id)).toBe('ended'), { within: TAKEN_OVER });
  expect(await engine.get(id)).toMatchObject({
    state: 'completed',
    total: 3,
    redriven: 3,
    succeeded: 3,
    failedAgain: 0,
  });
  expect(runs.toSorted()).toEqual(ids);
  expect(await auditOf(fixture).astray(ids, ['completed'])).toEqual([]);
  await auditOf(fixture).expectIndexIsFailedSet(fixture.letters());
}

it.concurrent(
  'a redrive task that is killed before any step is finished by another process',
  async () => {
    let step = 0;
    let done = false;
    const rest: Promise<void>[] = [];
    // Locks and leases of killed processes expire while the next ones run.
    const killNext = async (): Promise<void> => {
      while (!done) {
        const [fixture, ids] = await bury(3);
        const killed = await operate('task', fixture, ++step);
        expect(await auditOf(fixture).astray(ids, ['failed', 'wait'])).toEqual([]);
        const finished = finishTask(fixture, ids);
        // Awaited only after all were killed.
        finished.catch(() => undefined);
        rest.push(finished);
        if (!killed) done = true;
      }
    };
    await Promise.all([killNext(), killNext(), killNext()]);
    expect(rest.length).toBeGreaterThan(10);
    await Promise.all(rest);
  },
  TEST_LIMIT_MS,
);
