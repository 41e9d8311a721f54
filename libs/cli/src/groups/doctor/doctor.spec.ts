import { RedriveEngine } from '@loyalnest/queue/operator';
import { FakeClock, RedisServer, type RedisServerOptions } from '@loyalnest/testing';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { DeadLetterFixture, envelope } from '@loyalnest/testing/dead-letters';
import { loyalnest } from '../../../test/command-line.js';
import { checkServer } from './check-server.js';
import type { Finding, Verdict } from './finding.js';

let redis: RedisServer;
let fixture: DeadLetterFixture;

beforeAll(async () => {
  redis = await RedisServer.start({ appendOnly: true, maxmemory: '512mb' });
});
beforeEach(() => {
  fixture = new DeadLetterFixture(redis);
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

async function examine(
  line = '',
  server = redis,
): Promise<{ code: number; verdict: Verdict; of: (check: string) => Finding[]; out: string }> {
  const argv = ['--redis', server.url, '--prefix', fixture.prefix, 'doctor', '--json'];
  const { code, out } = await loyalnest([...argv, ...line.split(' ').filter(Boolean)]);
  const { verdict, checks } = JSON.parse(out) as { verdict: Verdict; checks: Finding[] };
  return { code, verdict, of: (check) => checks.filter((one) => one.check === check), out };
}

/** Also expects a remedy from every warning and failure. */
function expectFinding(found: readonly Finding[], verdict: Verdict, seen: RegExp | string): void {
  expect(found.map((one) => [one.verdict, one.seen])).toContainEqual([
    verdict,
    expect.stringMatching(seen),
  ]);
  for (const one of found) if (one.verdict !== 'ok') expect(one.remedy).toBeTruthy();
}

it('finds nothing wrong with a healthy Redis', async () => {
  await fixture.bury(3);
  await fixture.letters().reconcile();
  const { code, verdict, of } = await examine('--strict');
  expect([code, verdict]).toEqual([0, 'ok']);
  expectFinding(of('eviction'), 'ok', 'noeviction');
  expectFinding(of('persistence'), 'ok', 'append-only');
  expectFinding(of('keys'), 'ok', 'every job is in one state');
});

it.each<[string, RedisServerOptions, string, Verdict, string]>([
  [
    'evicts keys',
    { maxmemoryPolicy: 'allkeys-lru', maxmemory: '64mb' },
    'eviction',
    'fail',
    'allkeys-lru',
  ],
  ['persists nothing', {}, 'persistence', 'fail', 'a restart empties'],
  [
    'writes only snapshots',
    { settings: { save: '3600 1' } },
    'persistence',
    'warn',
    'snapshots only',
  ],
  ['is nearly full', { maxmemory: '500kb' }, 'memory', 'fail', 'of maxmemory'],
])('warns of a Redis that %s', async (_what, options, check, verdict, seen) => {
  const server = await RedisServer.start(options);
  const { code, of } = await examine('', server);
  expectFinding(of(check), verdict, seen);
  expect(code).toBe(of(check).some((one) => one.verdict === 'fail') || verdict === 'fail' ? 1 : 0);
  await server.stop();
});

it.each([
  [10 * 60_000, 'fail', /^\d+m .*behind this machine/],
  [5_000, 'warn', /behind this machine/],
  [-5_000, 'warn', /ahead of this machine/],
] as const)('reports a clock that is %d ms ahead of the server', async (aheadMs, verdict, seen) => {
  const client = new Redis(redis.url);
  const clock = new FakeClock(Date.now() + aheadMs);
  const findings = await checkServer(client, clock);
  expectFinding(
    findings.filter(({ check }) => check === 'clock'),
    verdict,
    seen,
  );
  client.disconnect();
});

it('finds jobs that are in no state, and dead letters without a job', async () => {
  const [gone, kept] = await fixture.bury(3);
  await fixture.bull.add('points.award', envelope({}), { jobId: 'waits' });
  await fixture.bull.add('points.award', envelope({}), { jobId: 'later', delay: 60_000 });
  await fixture.letters().discard(kept!, { by: 'ada', reason: 'a test' });
  await fixture.bull.add('points.award', envelope({}), { jobId: 'lost' });
  await fixture.client.lrem(fixture.key('wait'), 0, 'lost');
  await fixture.client.del(fixture.key(gone!));
  const { of } = await examine();
  expectFinding(of('keys'), 'warn', /^1 jobs are in no state and will never run: lost$/);
  expectFinding(of('keys'), 'warn', /^1 dead letters have no job/);
});

it('finds the keys of jobs that were deleted by hand', async () => {
  const kept = await fixture.bull.add('points.award', envelope({}), { jobId: 'kept' });
  const deleted = await fixture.bull.add('points.award', envelope({}), { jobId: 'deleted' });
  await Promise.all([kept.log('a line'), deleted.log('a line')]);
  await fixture.client.del(fixture.key('deleted'));
  await fixture.client.lrem(fixture.key('wait'), 0, 'deleted');
  const { of } = await examine();
  expectFinding(of('keys'), 'warn', /^1 keys belong to jobs that do not exist: deleted:logs$/);
});

it('finds a queue with jobs that has lost its settings', async () => {
  await fixture.bull.add('points.award', envelope({}));
  expectFinding((await examine()).of('settings'), 'ok', 'every queue');
  await fixture.client.del(fixture.key('meta'));
  const { of, code } = await examine();
  expectFinding(of('settings'), 'fail', /^points: the queue has jobs/);
  expect(code).toBe(1);
});

it('prints nothing after Ctrl-C', async () => {
  const interrupted = AbortSignal.abort();
  const argv = ['--redis', redis.url, '--prefix', fixture.prefix, 'doctor', '--json'];
  expect(await loyalnest(argv, { interrupted })).toMatchObject({ code: 130, out: '' });
});

it('ends at Ctrl-C even if Redis hangs', async () => {
  const own = await RedisServer.start();
  const client = new Redis(own.url);
  await client.hset(`${fixture.prefix}:points:meta`, 'v', '1');
  const interrupt = new AbortController();
  const monitor = await client.monitor();
  monitor.on('monitor', (_time, [command]: readonly string[]) => {
    if (command !== 'scan' || interrupt.signal.aborted) return;
    own.pause();
    interrupt.abort();
  });
  const argv = ['--redis', own.url, '--prefix', fixture.prefix, 'doctor', '--json'];
  const { code, out } = await loyalnest(argv, { interrupted: interrupt.signal });
  expect([code, out]).toEqual([130, '']);
  own.resume();
  monitor.disconnect();
  client.disconnect();
  await own.stop();
});

it('finds waiting jobs without a worker', async () => {
  await fixture.bull.add('points.award', envelope({}), { timestamp: Date.now() - 3_600_000 });
  const idle = await examine();
  expectFinding(idle.of('workers'), 'fail', /^1 jobs wait, the oldest for 1h.* no worker/);
  expect(idle.code).toBe(1);
  const worker = fixture.work(async () => new Promise(() => undefined));
  await worker.waitUntilReady();
  expectFinding((await examine()).of('workers'), 'ok', /^1 connected/);
  await worker.close(true);
});

it('finds a paused queue', async () => {
  await fixture.bull.add('points.award', envelope({}));
  await fixture.bull.pause();
  const { of, code } = await examine();
  expectFinding(of('paused'), 'warn', 'take no jobs');
  expect(code).toBe(0);
  expect((await examine('--strict')).code).toBe(1);
});

it('finds workers of a queue that does not exist', async () => {
  const connection = fixture.connect();
  const { prefix } = fixture;
  const worker = new Worker('pointz', async () => undefined, {
    connection,
    prefix,
    skipStalledCheck: true,
  });
  await worker.waitUntilReady();
  expectFinding((await examine()).of('connections'), 'warn', /pointz/);
  await worker.close();
});

it('compares the oldest dead letter with the memory of the inbox', async () => {
  const [id] = await fixture.bury(1);
  await fixture.date(id!, Date.now() - 40 * 86_400_000);
  expectFinding((await examine('--dedupe-window 30d')).of('dedupe'), 'warn', /40d/);
  expectFinding((await examine('--dedupe-window 60d')).of('dedupe'), 'ok', /40d/);
});

it('finds completed jobs that are kept only briefly', async () => {
  await fixture.bull.add('points.award', envelope({}), { removeOnComplete: { age: 60 } });
  const worker = fixture.work(async () => undefined);
  await new Promise((done) => worker.once('completed', done));
  expectFinding((await examine()).of('kept-jobs'), 'warn', /kept for 1m/);
});

it('finds an index that lags behind, and a redrive task that no process runs', async () => {
  await fixture.bury(3);
  expectFinding((await examine()).of('index'), 'warn', '0 entries for 3 dead letters');
  await new RedriveEngine(fixture.letters()).start({ by: 'ada' });
  expectFinding((await examine()).of('redrive'), 'warn', 'no process runs it');
});

it('prints a table and the remedies, in colour only on a terminal', async () => {
  await fixture.bull.pause();
  await fixture.bull.add('points.award', envelope({}));
  const argv = ['--redis', redis.url, '--prefix', fixture.prefix, 'doctor', '--fast'];
  const plain = await loyalnest(argv);
  expect(plain.out).toContain('What to do:\nwarn points paused:');
  expect(plain.out).not.toContain('\u001b');
  expect((await loyalnest(argv, { columns: 120 })).out).toContain('\u001b[33mwarn\u001b[0m');
  const muted = await loyalnest(argv, { columns: 120, env: { NO_COLOR: '1' } });
  expect(muted.out).not.toContain('\u001b');
});
