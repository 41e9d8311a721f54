import { eventually, forEachPlatform, RedisServer, TcpProxy } from '@loyalnest/testing';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { adminApp, asker } from '../../test/admin-app.js';
import { DeadLetterFixture, envelope } from '@loyalnest/testing/dead-letters';
import { QueueModule } from '../index.js';
import type { RedriveTask } from '../redrive-tasks/redrive-task.js';
import { ANSWER_SCHEMAS, type AnswerName, type AnswerSchema } from './answer-schemas.js';
import { adminCommanded } from './admin.events.js';
import type { AuditPage, AuditRecord } from './audit-record.js';
import { QueueAdminModule } from './queue-admin.module.js';

let redis: RedisServer;
let fixture: DeadLetterFixture;

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(() => {
  fixture = new DeadLetterFixture(redis);
});
afterEach(() => fixture.close());
afterAll(() => redis.stop());

/** Fails if the answer has a field that the schema lacks, or lacks a required one. */
function expectFits(value: unknown, schema: AnswerSchema, path: string): void {
  if (schema.items) {
    (value as unknown[]).forEach((item, i) => expectFits(item, schema.items!, `${path}[${i}]`));
  }
  if (schema.enum) expect(schema.enum).toContain(value);
  const { properties, required = [] } = schema;
  if (!properties) return;
  const given = value as Record<string, unknown>;
  const unknown = Object.keys(given).filter((name) => !(name in properties));
  const missing = required.filter((name) => !(name in given));
  expect({ path, unknown, missing }).toEqual({ path, unknown: [], missing: [] });
  for (const [name, field] of Object.entries(properties)) {
    if (name in given) expectFits(given[name], field, `${path}.${name}`);
  }
}
const expectAnswer = (name: AnswerName, body: unknown): void =>
  expectFits(body, ANSWER_SCHEMAS[name], name);

forEachPlatform((platform) => {
  async function start(server: { readonly url: string } = redis) {
    const running = await platform.create(adminApp(server, fixture), {
      // A strict global pipe must not change the answers.
      configure: async (app) => {
        const { ValidationPipe } = await import('@nestjs/common');
        app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }));
      },
    });
    const ask = asker(running.url);
    await eventually(async () => {
      expect((await ask('eve:view', 'GET', '/queues')).status).toBe(200);
    });
    return { ...running, ask };
  }

  it('shows the queues with jobs, ages, dead letters and redrives', async () => {
    await fixture.bury(2);
    await fixture.bury(1, { failure: '[expired] too old' });
    await fixture.bull.add('points.award', envelope({}), {
      jobId: 'w-1',
      timestamp: Date.now() - 60_000,
    });
    await fixture.bull.add('points.award', envelope({}), {
      jobId: 'w-2',
      priority: 7,
      timestamp: Date.now() - 120_000,
    });
    const { ask, close } = await start();
    const { status, body } = await ask<{ queues: Record<string, unknown>[] }>(
      'eve:view',
      'GET',
      '/queues',
    );
    expect(status).toBe(200);
    expectAnswer('queues', body);
    expect(body.queues.map(({ queue }) => queue)).toEqual(['mail', 'points']);
    expect(body.queues[1]).toMatchObject({
      paused: false,
      workers: 0,
      counts: { waiting: 1, prioritized: 1, deadLetters: 3, discarded: 0 },
      deadLetters: [
        { reason: 'exhausted', count: 2 },
        { reason: 'expired', count: 1 },
      ],
    });
    const { oldestWaitingMs } = body.queues[1] as { oldestWaitingMs: number };
    expect(oldestWaitingMs).toBeGreaterThanOrEqual(120_000);
    expect(oldestWaitingMs).toBeLessThan(180_000);
    await close();
  });

  it('pauses a queue for all workers and resumes it', async () => {
    const { ask, close } = await start();
    const paused = await ask('ada:operate', 'POST', '/queues/points/pause');
    expect(paused).toMatchObject({ status: 200, body: { queue: 'points', paused: true } });
    expectAnswer('queue', paused.body);
    expect(await fixture.bull.isPaused()).toBe(true);
    expect(await ask('ada:operate', 'POST', '/queues/points/resume')).toMatchObject({
      body: { paused: false },
    });
    expect(await fixture.bull.isPaused()).toBe(false);
    await close();
  });

  it('lists dead letters by filter and page, and groups them', async () => {
    await fixture.bury(3);
    await fixture.bury(2, {
      failure: 'ledger is closed',
      data: () => envelope({ phone: '+49 123' }, 'demo.myshopify.com'),
    });
    const { ask, close } = await start();
    type Page = { items: { id: string; payload: unknown }[]; total: number; cursor?: string };
    const path = '/dead-letters/points';
    const first = await ask<Page>('eve:view', 'GET', `${path}?limit=4`);
    expectAnswer('deadLetters', first.body);
    expect(first.body).toMatchObject({ total: 5 });
    const rest = await ask<Page>('eve:view', 'GET', `${path}?limit=4&cursor=${first.body.cursor}`);
    const ids = [...first.body.items, ...rest.body.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
    const shop = await ask<Page>('eve:view', 'GET', `${path}?merchant=demo.myshopify.com`);
    expect(shop.body.items).toHaveLength(2);
    expect(JSON.stringify(shop.body)).not.toContain('+49');
    expect(shop.body.items[0]!.payload).toEqual({ phone: '<string>' });
    const groups = await ask<{ groups: { count: number }[] }>('eve:view', 'GET', `${path}/groups`);
    expectAnswer('groups', groups.body);
    expect(groups.body.groups.map(({ count }) => count)).toEqual([3, 2]);
    await close();
  });

  it('shows a payload only on request to the role operate, and records that', async () => {
    const [id] = await fixture.bury(1, { data: () => envelope({ phone: '+49 123' }) });
    const { ask, close } = await start();
    const path = `/dead-letters/points/${id}`;
    const masked = await ask('ada:operate', 'GET', path);
    expectAnswer('deadLetter', masked.body);
    expect(masked.body['payload']).toEqual({ phone: '<string>' });
    expect(JSON.stringify(masked.body)).not.toContain('+49');
    expect((await ask('eve:view', 'GET', `${path}?payload=true`)).status).toBe(403);
    const { body } = await ask('ada:operate', 'GET', `${path}?payload=true`);
    expect(body['payload']).toEqual({ phone: '+49 123' });
    const { body: audit } = await ask<AuditPage>('eve:view', 'GET', '/audit');
    expect(audit.entries).toMatchObject([
      { by: 'ada', command: 'show-payload', target: id, outcome: 'done' },
      { by: 'eve', command: 'show-payload', target: id, outcome: 'refused' },
    ]);
    await close();
  });

  it('masks the payloads that edits have replaced', async () => {
    const [id] = await fixture.bury(1, { data: () => envelope({ phone: '+49 123' }) });
    const letters = fixture.letters();
    const { revision } = await letters.get(id!);
    await letters.editAndRedrive(id!, { payload: { phone: 'x' }, revision, by: 'ada' });
    await fixture.bury(0);
    const worker = fixture.work(async () => {
      throw new Error('again');
    });
    await eventually(async () => expect(await fixture.bull.getFailedCount()).toBe(1));
    await worker.close();
    const { ask, close } = await start();
    const { body } = await ask('eve:view', 'GET', `/dead-letters/points/${id}`);
    expect(body['history']).toMatchObject([
      { kind: 'redriven' },
      { payload: { phone: '<string>' } },
    ]);
    expect(JSON.stringify(body)).not.toContain('+49');
    await close();
  });

  it('redrives, edits, discards and restores a dead letter for administrators with the role', async () => {
    const [one, two, three] = await fixture.bury(3);
    const { ask, close } = await start();
    const at = (id: string): string => `/dead-letters/points/${id}`;
    const redriven = await ask('ada:operate', 'POST', `${at(one!)}/redrive`);
    expect(redriven).toMatchObject({ status: 200, body: { id: one, outcome: 'redriven' } });
    expectAnswer('done', redriven.body);
    expect(await (await fixture.bull.getJob(one!))!.getState()).toBe('waiting');

    const { body: details } = await ask('ada:operate', 'GET', at(two!));
    const edit = { payload: { n: 42 }, revision: details['revision'] };
    expect((await ask('ada:operate', 'POST', `${at(two!)}/edit`, edit)).status).toBe(200);
    expect((await fixture.bull.getJob(two!))!.data).toMatchObject({ payload: { n: 42 } });

    const discard = { reason: 'a test order' };
    expect((await ask('ada:operate', 'POST', `${at(three!)}/discard`, discard)).status).toBe(403);
    expect(await fixture.bull.getFailedCount()).toBe(1);
    expect((await ask('bob:destroy', 'POST', `${at(three!)}/discard`, discard)).status).toBe(200);
    const aside = await ask<{ items: object[] }>(
      'eve:view',
      'GET',
      '/dead-letters/points/discarded',
    );
    expectAnswer('discarded', aside.body);
    expect(aside.body.items).toMatchObject([
      { id: three, discarded: { by: 'bob', reason: 'a test order' } },
    ]);
    expect((await ask('ada:operate', 'POST', `${at(three!)}/restore`)).status).toBe(200);
    expect(await fixture.bull.getFailedCount()).toBe(1);
    await close();
  });

  it('redrives many as a task, and shows its progress', async () => {
    await fixture.bury(5);
    const { ask, close } = await start();
    const path = '/dead-letters/points/redrives';
    const counted = await ask('ada:operate', 'POST', path, { all: true, dryRun: true });
    expect(counted).toMatchObject({ status: 200, body: { count: 5 } });
    expect(await fixture.bull.getFailedCount()).toBe(5);
    fixture.work(async () => undefined);
    const request = {
      filter: { reason: 'exhausted' },
      rate: 1_000,
      canary: 2,
      canaryTimeout: '1m',
    };
    const started = await ask<{ task: RedriveTask }>('ada:operate', 'POST', path, request);
    expectAnswer('redrive', started.body);
    const { id } = started.body.task;
    await eventually(async () => {
      const { body } = await ask('eve:view', 'GET', `${path}/${id}`);
      expectAnswer('redriveTask', body);
      expect(body).toMatchObject({ state: 'completed', succeeded: 5, by: 'ada' });
    });
    const { body } = await ask<{ tasks: RedriveTask[] }>('eve:view', 'GET', path);
    expectAnswer('redriveTasks', body);
    expect(body.tasks.map((task) => task.id)).toEqual([id]);
    await close();
  });

  it('cancels a task', async () => {
    await fixture.bury(3);
    const { ask, close } = await start();
    const path = '/dead-letters/points/redrives';
    const { body } = await ask<{ task: RedriveTask }>('ada:operate', 'POST', path, { all: true });
    const busy = await ask('ada:operate', 'POST', path, { all: true });
    expect(busy).toMatchObject({ status: 409, body: { code: 'REDRIVE_TASK_ACTIVE' } });
    const cancelled = await ask('bob:operate', 'POST', `${path}/${body.task.id}/cancel`);
    expect(cancelled).toMatchObject({
      status: 200,
      body: { state: 'cancelled', note: 'cancelled by bob' },
    });
    await close();
  });

  it.each<['GET' | 'POST', string, unknown, string]>([
    ['GET', '/dead-letters/points?limit=0', undefined, 'limit'],
    ['GET', '/dead-letters/points?limit=many', undefined, 'limit'],
    ['GET', '/dead-letters/points?limit=1&limit=2', undefined, 'limit'],
    ['GET', '/dead-letters/points?reason=bored', undefined, 'reason'],
    ['GET', '/dead-letters/points?failedAfter=yesterday', undefined, 'failedAfter'],
    ['GET', '/dead-letters/points?color=red', undefined, 'color'],
    ['GET', '/dead-letters/points?cursor=x', undefined, 'cursor'],
    ['GET', '/dead-letters/points/job-0?payload=yes', undefined, 'payload'],
    ['GET', '/audit?cursor=x', undefined, 'cursor'],
    ['POST', '/dead-letters/points/job-0/discard', undefined, 'reason'],
    ['POST', '/dead-letters/points/job-0/discard', { reason: '  ' }, 'reason'],
    ['POST', '/dead-letters/points/job-0/edit', { revision: 'x' }, 'payload'],
    ['POST', '/dead-letters/points/redrives', {}, 'filter'],
    ['POST', '/dead-letters/points/redrives', { dryRun: true }, 'filter'],
    ['POST', '/dead-letters/points/redrives', { filter: { reason: 'bored' } }, 'filter.reason'],
    ['POST', '/dead-letters/points/redrives', { filter: { resaon: 'expired' } }, 'filter.resaon'],
    ['POST', '/dead-letters/points/redrives', { all: true, dryrun: true }, 'dryrun'],
    ['POST', '/dead-letters/points/job-0/discard', { reason: 'x', all: true }, 'all'],
    ['POST', '/dead-letters/points/redrives', { all: true, rate: 0 }, 'rate'],
    [
      'POST',
      '/dead-letters/points/redrives',
      { all: true, canaryTimeout: 'soon' },
      'canaryTimeout',
    ],
    ['POST', '/dead-letters/points/redrives', { all: true, stopAbove: 20 }, 'stopAbove'],
    ['POST', '/dead-letters/points/redrives', [], 'JSON object'],
  ])('refuses %s %s with %j and names the invalid field', async (method, path, body, field) => {
    await fixture.bury(1);
    const { ask, close } = await start();
    const { status, body: problem, headers } = await ask('bob:destroy', method, path, body);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(problem)).toContain(field);
    expect(problem).toMatchObject({ status: 400, instance: `/admin${path.split('?')[0]}` });
    expect(await fixture.bull.getFailedCount()).toBe(1);
    await close();
  });

  it('answers 404 for an unknown queue, dead letter or task', async () => {
    const { ask, close } = await start();
    expect(await ask('eve:view', 'GET', '/queues/pointz')).toMatchObject({
      status: 404,
      body: { code: 'QUEUE_NOT_FOUND', detail: expect.stringContaining('mail, points') },
    });
    expect(await ask('eve:view', 'GET', '/dead-letters/points/none')).toMatchObject({
      status: 404,
      body: { code: 'DEAD_LETTER_NOT_FOUND' },
    });
    expect(await ask('eve:view', 'GET', '/dead-letters/points/redrives/none')).toMatchObject({
      status: 404,
      body: { code: 'REDRIVE_TASK_NOT_FOUND' },
    });
    await close();
  });

  it('answers 401 without a known token, even for an unknown queue', async () => {
    const { ask, close } = await start();
    for (const path of ['/queues', '/dead-letters/none', '/audit']) {
      const { status, headers } = await ask('', 'GET', path);
      expect([path, status]).toEqual([path, 401]);
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
    await close();
  });

  it.each([
    ['/queues/points/pause', undefined],
    ['/queues/points/resume', undefined],
    ['/dead-letters/points/job-0/redrive', undefined],
    ['/dead-letters/points/job-0/edit', { payload: {}, revision: 'x' }],
    ['/dead-letters/points/job-0/restore', undefined],
    ['/dead-letters/points/redrives', { all: true }],
    ['/dead-letters/points/redrives/x/cancel', undefined],
  ])('refuses POST %s to the role view', async (path, body) => {
    const { ask, close } = await start();
    expect((await ask('eve:view', 'POST', path, body)).status).toBe(403);
    await close();
  });

  it('records who ran each command, and its outcome', async () => {
    const [id] = await fixture.bury(1);
    const published: AuditRecord[] = [];
    const end = adminCommanded.subscribe((record) => published.push(record));
    const { ask, close } = await start();
    await ask('bob:destroy', 'POST', `/dead-letters/points/${id}/discard`, { reason: 'a test' });
    await ask('ada:operate', 'POST', '/dead-letters/points/none/redrive');
    await ask('ada:operate', 'POST', '/dead-letters/points/redrives', { all: true });
    const { body } = await ask<AuditPage>('eve:view', 'GET', '/audit?limit=2');
    expectAnswer('audit', body);
    expect(body.entries).toMatchObject([
      { by: 'ada', source: 'http', command: 'start-redrive', outcome: 'done', filter: {} },
      { command: 'redrive', target: 'none', outcome: 'refused', error: 'DEAD_LETTER_NOT_FOUND' },
    ]);
    const next = await ask<AuditPage>('eve:view', 'GET', `/audit?cursor=${body.cursor}`);
    expect(next.body.entries).toMatchObject([
      {
        by: 'bob',
        role: 'destroy',
        command: 'discard',
        target: id,
        reason: 'a test',
        outcome: 'done',
      },
    ]);
    expect(next.body.cursor).toBeUndefined();
    expect(published.map(({ command, outcome }) => [command, outcome])).toEqual([
      ['discard', 'done'],
      ['redrive', 'refused'],
      ['start-redrive', 'done'],
    ]);
    end();
    await close();
  });

  it('records a refusal once a minute, and none of unknown callers', async () => {
    const [id] = await fixture.bury(1);
    const { ask, close } = await start();
    const letter = `/dead-letters/points/${id}`;
    const discard = { reason: 'out of the way' };
    for (let i = 0; i < 3; i++) await ask('ada:operate', 'POST', `${letter}/discard`, discard);
    await ask('eve:view', 'POST', '/dead-letters/points/redrives', { all: true });
    await ask('eve:view', 'GET', `${letter}?payload=true`);
    await ask('', 'POST', `${letter}/discard`, discard);
    const { body } = await ask<AuditPage>('eve:view', 'GET', '/audit');
    const refused = { source: 'http', queue: 'points', outcome: 'refused', error: 'ADMIN_ACCESS' };
    expect(body.entries).toMatchObject([
      { by: 'eve', role: 'view', command: 'show-payload', target: id, ...refused },
      { by: 'eve', role: 'view', command: 'start-redrive', ...refused },
      { by: 'ada', role: 'operate', command: 'discard', target: id, ...refused },
    ]);
    expect(body.entries).toHaveLength(3);
    await close();
  });

  it('refuses a command even if the refusal cannot be recorded', async () => {
    const [id] = await fixture.bury(1);
    await fixture.client.set(`${fixture.prefix}:audit`, 'in the way');
    const { ask, close } = await start();
    expect((await ask('eve:view', 'POST', `/dead-letters/points/${id}/redrive`)).status).toBe(403);
    await close();
  });

  it('runs no command that it cannot record', async () => {
    const [id] = await fixture.bury(1);
    await fixture.client.set(`${fixture.prefix}:audit`, 'in the way');
    const { ask, close } = await start();
    const path = `/dead-letters/points/${id}`;
    for (const [at, body] of [
      [`${path}/redrive`, undefined],
      [`${path}/discard`, { reason: 'a test' }],
      ['/dead-letters/points/redrives', { all: true }],
      ['/queues/points/pause', undefined],
    ] as const) {
      expect(await ask('bob:destroy', 'POST', at, body)).toMatchObject({
        status: 503,
        body: { code: 'AUDIT_UNWRITABLE' },
      });
    }
    expect(await fixture.bull.getFailedCount()).toBe(1);
    expect(await fixture.bull.isPaused()).toBe(false);
    expect(await fixture.letters().discarded()).toMatchObject({ total: 0 });
    await close();
  });

  it('answers 503 while Redis is unavailable', async () => {
    const proxy = await TcpProxy.start({ target: redis });
    const { ask, close } = await start({ url: `redis://127.0.0.1:${proxy.port}` });
    expect((await ask('eve:view', 'GET', '/queues/points')).status).toBe(200);
    await proxy.stop();
    await eventually(async () => {
      const { status, body } = await ask('eve:view', 'GET', '/queues/points');
      expect([status, body['code']]).toEqual([503, 'QUEUE_UNAVAILABLE']);
    });
    await close();
  });
});

it('refuses to boot without AdminAccess', async () => {
  @Module({
    imports: [QueueModule.forRoot({ url: 'redis://127.0.0.1:1' }), QueueAdminModule],
  })
  class Unguarded {}
  const app = NestFactory.create(Unguarded, { logger: false, abortOnError: false });
  await expect(app.then((created) => created.init())).rejects.toThrow('provide AdminAccess');
});

describe('an id longer than 100 characters', () => {
  const long = `points.award-${'x'.repeat(300)}`;

  it('is found on Fastify if its adapter allows long parameters', async () => {
    await fixture.bury(1, { id: () => long });
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const adapter = new FastifyAdapter({ routerOptions: { maxParamLength: 1_024 } });
    const app = await NestFactory.create(adminApp(redis, fixture), adapter as never, {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const ask = asker(await app.getUrl());
    expect((await ask('eve:view', 'GET', `/dead-letters/points/${long}`)).status).toBe(200);
    expect(warned).not.toHaveBeenCalledWith(expect.stringContaining('maxParamLength'));
    await app.close();
    warned.mockRestore();
  });

  it('is reported at boot by a warning if Fastify has its defaults', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const app = await NestFactory.create(adminApp(redis, fixture), new FastifyAdapter() as never, {
      logger: false,
    });
    await app.init();
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('maxParamLength: 1024'));
    await app.close();
    warned.mockRestore();
  });
});
