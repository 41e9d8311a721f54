import {
  eventually,
  OwnProcess,
  RedisCluster,
  RedisServer,
  repositoryRoot,
  type ProcessExit,
} from '@loyalnest/testing';
import { Cluster } from 'ioredis';
import { Queue } from 'bullmq';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { envelope } from '../../test/dead-letter-desk.js';
import { buryAndLeave } from '../../test/closed-app.js';

/** As package.json names it; `npm test` builds it before. */
const folder = join(repositoryRoot(), 'libs/queue');
const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
  bin: { loyalnest: string };
};
const file = join(folder, bin.loyalnest);

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): OwnProcess {
  return OwnProcess.start({
    name: 'loyalnest',
    command: file,
    args,
    // The Node of the specs, which the first line of the file looks for on the PATH.
    env: { PATH: `${join(process.execPath, '..')}:${process.env['PATH']}`, ...env },
  });
}

async function loyalnest(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<ProcessExit & { readonly lines: readonly string[] }> {
  const cli = start(args, env);
  const exit = await cli.exited;
  return { ...exit, lines: cli.lastLines(200) };
}

describe('the program', () => {
  let redis: RedisServer;
  const prefix = '{shop}';
  let ids: readonly string[];

  beforeAll(async () => {
    redis = await RedisServer.start();
    ids = await buryAndLeave(redis, prefix, 3);
  });
  afterAll(() => redis.stop());

  it('can be executed', () => {
    accessSync(file, constants.X_OK);
  });

  it('works while every service is down, by its exit code and its output', async () => {
    const env = { REDIS_URL: redis.url };
    const groups = await loyalnest(['dlq', 'groups', 'points', '--prefix', prefix, '--json'], env);
    expect(groups).toMatchObject({ code: 0 });
    expect(JSON.parse(groups.lines.join('\n'))).toMatchObject({
      groups: [{ count: 3, message: 'no such account' }],
    });
    const redriven = await loyalnest(
      ['dlq', 'redrive', 'points', ids[0]!, '--prefix', prefix],
      env,
    );
    expect(redriven).toMatchObject({ code: 0, lines: [`${ids[0]}: redriven`] });
    expect((await loyalnest(['dlq', 'show', 'points', 'none', '--prefix', prefix], env)).code).toBe(
      1,
    );
    expect((await loyalnest(['dlq', 'frobnicate'], env)).code).toBe(2);
  });

  it('ends with 3 and without a password if Redis is away', async () => {
    const { code, lines } = await loyalnest(['queues', '--redis', 'redis://:s3cret@127.0.0.1:1']);
    expect(code).toBe(3);
    expect(lines.join()).toContain('127.0.0.1:1');
    expect(lines.join()).not.toContain('s3cret');
  });

  it('ends with 3 when Redis goes away in the middle of a redrive', async () => {
    const own = await RedisServer.start();
    await buryAndLeave(own, prefix, 5);
    const line = ['dlq', 'redrive', 'points', '--all', '--yes', '--canary', '0', '--rate', '0.5'];
    const cli = start([...line, '--prefix', prefix, '--redis', own.url]);
    await cli.waitForLine(/^running/, 10_000);
    await own.kill();
    expect(await cli.exited).toMatchObject({ code: 3 });
    await own.stop();
  });

  it('ends at Ctrl-C', async () => {
    const cli = start(['top', '--prefix', prefix, '--redis', redis.url]);
    await cli.waitForLine(/points/, 10_000);
    cli.signal('SIGINT');
    expect(await cli.exited).toMatchObject({ code: 0 });
  });

  it('leaves a redrive at Ctrl-C that can be resumed', async () => {
    const line = ['dlq', 'redrive', 'points', '--all', '--yes', '--canary', '0', '--rate', '0.1'];
    const cli = start([...line, '--prefix', prefix, '--redis', redis.url]);
    await cli.waitForLine(/^running/, 10_000);
    cli.signal('SIGINT');
    expect(await cli.exited).toMatchObject({ code: 130 });
    expect(cli.lastLines().join('\n')).toContain('redrives resume points');
  });
});

it('works on a Redis Cluster', async () => {
  const cluster = await RedisCluster.start();
  const connection = new Cluster([...cluster.urls]);
  const prefix = '{shop}';
  const bull = new Queue('points', { connection, prefix });
  await bull.add('points.award', envelope({}));
  const place = ['--cluster', '--redis', cluster.urls.join(','), '--prefix', prefix];
  const { code, lines } = await loyalnest(['queues', '--json', ...place]);
  expect(code).toBe(0);
  expect(JSON.parse(lines.join('\n'))).toMatchObject({
    queues: [{ queue: 'points', counts: { waiting: 1 } }],
  });
  expect((await loyalnest(['pause', 'points', ...place])).code).toBe(0);
  await eventually(async () => expect(await bull.isPaused()).toBe(true));
  const doctor = await loyalnest(['doctor', '--json', ...place]);
  const checks = doctor.lines.join('\n');
  expect(checks.match(/"check": "eviction"/g)).toHaveLength(3);
  await bull.close();
  connection.disconnect();
  await cluster.stop();
});
