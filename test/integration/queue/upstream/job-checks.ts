import { DeadLetters } from '@loyalnest/queue';
import { listQueues } from '@loyalnest/queue/operator';
import { Job, Queue, Worker } from 'bullmq';
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import {
  bull,
  bury,
  clock,
  enqueue,
  Idle,
  idle,
  inside,
  isDead,
  jobs,
  letters,
  prefix,
  redis,
  runs,
  until,
  Urgent,
  Work,
  type Checks,
} from './checked-app.js';

interface Oldest {
  oldestWaiting(source: object): Promise<number | undefined>;
}

const { oldestWaiting } = await inside<Oldest>('monitoring/oldest-waiting.js');

const by = 'ada';
const LOCK_MS = 1_000;

/** What our scripts and readers rely on in BullMQ's keys, fields and answers. */
export const JOB_CHECKS: Checks = {
  'a job that was enqueued runs, also after a delay': async () => {
    await enqueue('at once');
    await enqueue('later', { delay: '100ms' });
    await until('both ran', () => runs('at once') === 1 && runs('later') === 1);
  },
  'waiting jobs are in a list, in sets, and in a hash each': async () => {
    const first = await jobs.enqueue(Idle, { ends: 'first' });
    const delayed = await jobs.enqueue(Idle, { ends: 'delayed' }, { delay: '1h' });
    const urgent = await jobs.enqueue(Urgent, { ends: 'urgent' });
    assert.equal(await redis.lindex(idle.toKey('wait'), -1), first.id);
    assert.notEqual(await redis.zscore(idle.toKey('delayed'), delayed.id), null);
    const score = Number(await redis.zscore(idle.toKey('prioritized'), urgent.id));
    assert.equal(Math.floor(score / 2 ** 32), 7);
    const fields = ['name', 'data', 'opts', 'timestamp'];
    for (const { id } of [first, delayed, urgent]) {
      assert(!(await redis.hmget(idle.toKey(id), ...fields)).includes(null));
    }
    const [since] = await redis.hmget(idle.toKey(first.id), 'timestamp');
    assert.equal(await oldestWaiting({ bull: idle, redis, clock }), Number(since));
  },
  'a queue is known by its meta key': async () => {
    assert.deepEqual(await listQueues(redis, prefix), ['idle', 'work']);
  },
  'what BullMQ keeps beside a job has the names that we delete': async () => {
    const { id } = await jobs.enqueue(Idle, { ends: 'logged' });
    const job = (await Job.fromId(idle, id))!;
    await job.log('a line');
    assert.equal(await redis.exists(idle.toKey(`${id}:logs`)), 1);
    await job.remove();
    assert.deepEqual(await redis.keys(`${idle.toKey(id)}*`), []);
  },
  'a failed job is in the failed set, with the fields that we read': async () => {
    const id = await bury('failed');
    const fields = [
      'name',
      'data',
      'opts',
      'failedReason',
      'stacktrace',
      'timestamp',
      'finishedOn',
    ];
    assert(!(await redis.hmget(bull.toKey(id), ...fields)).includes(null));
    assert.equal(await redis.hget(bull.toKey(id), 'atm'), '1');
    const { message, attemptsMade, stacks } = await letters.get('work', id);
    assert.deepEqual([message, attemptsMade, stacks.length], ['the ledger is closed', 1, 1]);
  },
  'a dead letter is redriven with its attempts reset': async () => {
    const id = await bury('redriven');
    await letters.redrive('work', id, by);
    await until('it ran again', () => runs('redriven') === 2);
    await until('it is completed', async () => (await bull.getJobState(id)) === 'completed');
    assert.deepEqual(await redis.hmget(bull.toKey(id), 'atm', 'ats'), ['1', '1']);
  },
  'a retry of what is not in the failed set has the codes that we know': async () => {
    const { id } = await jobs.enqueue(Idle, { ends: 'not failed' });
    const retry = (of: string) => new Job(idle, '', {}, {}, of).retry('failed');
    await assert.rejects(retry('nothing'), { code: -1 });
    await assert.rejects(retry(id), { code: -3 });
  },
  'a dead letter is edited, discarded and restored in place': async () => {
    const id = await bury('edited');
    await letters.discard('work', id, { by, reason: 'of no use' });
    assert.equal(await isDead(id), false);
    await letters.restore('work', id, by);
    const { revision } = await letters.get('work', id);
    await letters.editAndRedrive('work', id, { payload: { ends: 'as edited' }, revision, by });
    await until('it ran as edited', () => runs('as edited') === 1);
  },
  'a cancelled job ends by its deferred failure, without a run': async () => {
    const { id } = await enqueue('cancelled', { delay: '1h' });
    assert.equal((await jobs.cancel(Work, id, 'not wanted')).outcome, 'cancelled');
    await (await Job.fromId(bull, id))!.promote();
    await until('it is dead', () => isDead(id));
    assert.equal((await letters.get('work', id)).reason, 'cancelled');
    assert.equal(await redis.hexists(bull.toKey(id), 'defa'), 0);
    assert.equal(runs('cancelled'), 0);
  },
  'a running job has a lock': async () => {
    const own = { connection: redis.duplicate({ maxRetriesPerRequest: null }), prefix };
    let lock: number | undefined;
    const locked = new Worker(
      'idle',
      async ({ id }) => void (lock ??= await redis.exists(idle.toKey(`${id}:lock`))),
      own,
    );
    await until('a job has run', () => lock !== undefined);
    await locked.close();
    own.connection.disconnect();
    assert.equal(lock, 1);
  },
  'stalls are counted in a field that a redrive resets': async () => {
    const own = { connection: redis.duplicate({ maxRetriesPerRequest: null }), prefix };
    const stuck = new Queue('stuck', own);
    const dead = DeadLetters.open({ redis, queue: 'stuck', prefix, clock });
    let hangs = true;
    const forever = new AbortController();
    const options = { lockDuration: LOCK_MS, stalledInterval: LOCK_MS / 4, maxStalledCount: 0 };
    const worker = new Worker(
      'stuck',
      async () => hangs && setTimeout(60_000, undefined, { signal: forever.signal }),
      { ...own, ...options, concurrency: 2, skipLockRenewal: true },
    );
    worker.on('error', () => undefined);
    const { id = '' } = await stuck.add('hang', {});
    await until('it stalled too often', async () => (await stuck.getFailedCount()) === 1);
    assert.equal((await dead.get(id)).reason, 'stalled');
    assert.equal(await redis.hget(stuck.toKey(id), 'stc'), '1');
    hangs = false;
    await dead.redrive(id, by);
    await until('it ran again', async () => (await stuck.getCompletedCount()) === 1);
    assert.equal(await redis.hexists(stuck.toKey(id), 'stc'), 0);
    forever.abort();
    await worker.close();
    await stuck.close();
    own.connection.disconnect();
  },
};
