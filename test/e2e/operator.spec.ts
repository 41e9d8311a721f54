import { eventually, repositoryRoot } from '@loyalnest/testing';
import { Queue } from 'bullmq';
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { APPS, SampleStack, type Answer, type AppName } from './sample-stack.js';

let stack: SampleStack;
let queue: Queue;

beforeAll(async () => {
  stack = await SampleStack.start();
  queue = new Queue('points', { connection: { url: stack.redis.url }, prefix: '{loyalnest}' });
}, 60_000);
afterAll(async () => {
  await queue.close();
  await stack.stop();
}, 60_000);

const admin = (app: AppName, method: string, path: string, token?: string): Promise<Answer> =>
  stack.call(app, method, path, undefined, token ? { authorization: `Bearer ${token}` } : {});
const TOKEN = 'dev-only-admin-token';
const METRIC = /\b(?:loyalnest|nodejs|http_server|http_client)_[a-z0-9_]*[a-z0-9]/g;
const TABLES = ['loyalnest_outbox', 'loyalnest_inbox'];

async function loyalnest<Body>(...args: readonly string[]): Promise<Body> {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['run', '--silent', 'loyalnest', '--', ...args, '--json'],
    {
      cwd: repositoryRoot(),
      env: { ...process.env, REDIS_URL: stack.redis.url },
    },
  );
  return JSON.parse(stdout) as Body;
}

it('serves the admin API of the queues only to admins', async () => {
  for (const app of ['points-service', 'referrals-service'] as const) {
    expect((await admin(app, 'GET', '/admin/queues')).status).toBe(401);
    const { status, body } = await admin(app, 'GET', '/admin/queues', TOKEN);
    expect(status).toBe(200);
    expect(body['queues']).toContainEqual(expect.objectContaining({ queue: 'referrals' }));
  }
  expect((await admin('api-gateway', 'GET', '/admin/queues', TOKEN)).status).toBe(404);
});

it('lets doctor find no problem in a healthy stack', async () => {
  type Checks = { verdict: string; checks: { check: string; verdict: string; seen: string }[] };
  const { verdict, checks } = await loyalnest<Checks>('doctor', '--strict');
  expect(checks.filter((check) => check.verdict !== 'ok')).toEqual([]);
  expect(verdict).toBe('ok');
}, 30_000);

it('exports every metric that deploy/ and docs/ name', async () => {
  const named = new Map<string, string>();
  for (const file of globSync('{deploy,docs}/**/*.{md,yml,yaml,json}', { cwd: repositoryRoot() })) {
    const text = await readFile(join(repositoryRoot(), file), 'utf8');
    for (const [name] of text.matchAll(METRIC)) if (!TABLES.includes(name)) named.set(name, file);
  }
  const exported = new Set<string>();
  for (const app of APPS) {
    const text = await (await fetch(`${stack.urlOf(app)}/metrics`)).text();
    for (const [, name] of text.matchAll(/^# TYPE (\S+) /gm)) exported.add(name!);
  }
  expect(named.keys()).toContain('loyalnest_queue_oldest_waiting_seconds');
  const family = (name: string): string => name.replace(/_(count|sum|bucket)$/, '');
  const unknown = [...named].filter(([name]) => !exported.has(name) && !exported.has(family(name)));
  expect(unknown).toEqual([]);
});

it('keeps one audit trail for HTTP and the command line, which works without services', async () => {
  // Bypasses JobProducer, so that the job is invalid.
  await queue.add('points.calculate', {}, { jobId: 'stray' });
  const letter = '/admin/dead-letters/points/stray';
  await eventually(async () => {
    expect((await admin('points-service', 'GET', letter, TOKEN)).status).toBe(200);
  });
  expect((await admin('points-service', 'POST', `${letter}/redrive`, TOKEN)).status).toBe(200);
  await eventually(async () => {
    expect((await admin('points-service', 'GET', letter, TOKEN)).body['history']).toHaveLength(1);
  });
  await Promise.all([...stack.apps.values()].map((app) => app.stop()));
  const letters = await loyalnest<{ items: object[] }>('dlq', 'list', 'points');
  expect(letters.items).toMatchObject([{ id: 'stray', reason: 'invalid' }]);
  const reason = ['--reason', 'a test', '--yes', '--by', 'ada'];
  await loyalnest('dlq', 'discard', 'points', 'stray', ...reason);
  const { entries } = await loyalnest<{ entries: object[] }>('audit');
  expect(entries).toMatchObject([
    { source: 'cli', by: 'ada', command: 'discard', outcome: 'done' },
    { source: 'http', command: 'redrive', outcome: 'done' },
  ]);
}, 60_000);
