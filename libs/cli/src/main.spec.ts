import { SystemClock } from '@loyalnest/core';
import {
  CertificateAuthority,
  eventually,
  OwnProcess,
  RedisCluster,
  RedisSentinel,
  RedisServer,
  repositoryRoot,
  TcpProxy,
  type ProcessExit,
} from '@loyalnest/testing';
import { envelope } from '@loyalnest/testing/dead-letters';
import { Queue, Worker } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buryAndLeave } from '../test/closed-app.js';

/** The file that package.json names as the command; `npm test` builds it first. */
const folder = join(repositoryRoot(), 'libs/cli');
const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
  bin: { loyalnest: string };
};
const file = join(folder, bin.loyalnest);

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): OwnProcess {
  return OwnProcess.start({
    name: 'loyalnest',
    command: file,
    args,
    // The first line of the file finds Node on the PATH: the Node of the specs.
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

/** Runs a shell script in which `$0` is the program. */
function shell(script: string, args: readonly string[]): OwnProcess {
  const env = { PATH: `${join(process.execPath, '..')}:${process.env['PATH']}` };
  return OwnProcess.start({ name: 'sh', command: 'sh', args: ['-c', script, file, ...args], env });
}

/** Closes the output after one line. Resolves with what was printed and the exit code of the program. */
async function pipedIntoHead(redirections: string, args: readonly string[]): Promise<string> {
  const program = `{ "$0" "$@" ${redirections}; echo "exit $?" >&3; }`;
  const cli = shell(`${program} 3>&2 | head -n 1`, args);
  await cli.exited;
  return cli.lastLines().join('\n');
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

  it('is executable', () => {
    accessSync(file, constants.X_OK);
  });

  it('starts where Nest is not installed', async () => {
    const hook = `
      import { registerHooks } from 'node:module';
      registerHooks({
        resolve(name, context, next) {
          if (/^(@nestjs|class-|reflect-metadata|rxjs)/.test(name)) throw new Error(name + ' is loaded');
          return next(name, context);
        },
      });`;
    const env = {
      REDIS_URL: redis.url,
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}`,
    };
    const { code, lines } = await loyalnest(['queues', '--prefix', prefix], env);
    expect({ code, lines: lines.length }).toEqual({ code: 0, lines: 2 });
  });

  it('works while every service is down', async () => {
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

  it('exits with 3 and prints no password if Redis is down', async () => {
    const { code, lines } = await loyalnest(['queues', '--redis', 'redis://:s3cret@127.0.0.1:1']);
    expect(code).toBe(3);
    expect(lines.join()).toContain('127.0.0.1:1');
    expect(lines.join()).not.toContain('s3cret');
  });

  it('exits with 3 if Redis dies during a redrive', async () => {
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

  it('ends at Ctrl-C while it connects', async () => {
    const proxy = await TcpProxy.start({ target: redis });
    await proxy.blackHole();
    const cli = start(['queues', '--redis', proxy.through(redis.url)]);
    await eventually(async () => expect(proxy.counts.accepted).toBe(1), { within: '10s' });
    const clock = new SystemClock();
    const at = clock.now();
    cli.signal('SIGINT');
    expect(await cli.exited).toMatchObject({ code: 130 });
    // Connecting gives up after 5 s.
    expect(clock.now() - at).toBeLessThan(3_000);
    await proxy.stop();
  });

  it('ends at Ctrl-C while Redis hangs', async () => {
    const own = await RedisServer.start();
    await buryAndLeave(own, prefix, 1);
    const cli = start(['top', '--interval', '100ms', '--prefix', prefix, '--redis', own.url]);
    await cli.waitForLine(/points/, 10_000);
    own.pause();
    const clock = new SystemClock();
    const at = clock.now();
    cli.signal('SIGINT');
    expect(await cli.exited).toMatchObject({ code: 0 });
    // A command gives up after 10 s.
    expect(clock.now() - at).toBeLessThan(5_000);
    own.resume();
    await own.stop();
  });

  it('ends at Ctrl-C while it waits for its input', async () => {
    const own = await RedisServer.start();
    const [id] = await buryAndLeave(own, prefix, 1);
    const args = ['dlq', 'edit', 'points', id!, '--file', '-', '--prefix', prefix];
    const cli = spawn(process.execPath, [file, ...args, '--redis', own.url]);
    const exited = once(cli, 'exit');
    const client = new Redis(own.url);
    try {
      await eventually(async () => {
        expect(await client.client('LIST')).toContain('cmd=hmget');
      });
      cli.kill('SIGINT');
      expect(await exited).toEqual([130, null]);
      expect(await client.zcard(`${prefix}:points:failed`)).toBe(1);
    } finally {
      cli.kill('SIGKILL');
      client.disconnect();
      await own.stop();
    }
  });

  it('ends when its output is closed', async () => {
    const top = ['top', '--interval', '100ms', '--prefix', prefix, '--redis', redis.url];
    const piped = await pipedIntoHead('', top);
    expect(piped).toContain('exit 0');
  });

  it('continues a redrive when its progress output is closed', async () => {
    const own = await RedisServer.start();
    await buryAndLeave(own, prefix, 5);
    const connection = new Redis(own.url, { maxRetriesPerRequest: null });
    const worker = new Worker('points', async () => undefined, { connection, prefix });
    const line = ['dlq', 'redrive', 'points', '--all', '--yes', '--rate', '2'];
    const place = ['--prefix', prefix, '--redis', own.url];
    const piped = await pipedIntoHead('2>&1 >/dev/null', [...line, ...place]);
    expect(piped).toContain('exit 0');
    const { lines } = await loyalnest(['redrives', 'list', 'points', '--json', ...place]);
    expect(JSON.parse(lines.join('\n'))).toMatchObject({
      tasks: [{ state: 'completed', succeeded: 5 }],
    });
    await worker.close();
    connection.disconnect();
    await own.stop();
  });

  const full = existsSync('/dev/full') ? it : it.skip;
  full('exits with 1 if its output cannot be written', async () => {
    const args = ['queues', '--prefix', prefix, '--redis', redis.url];
    const cli = shell('"$0" "$@" >/dev/full', args);
    expect(await cli.exited).toMatchObject({ code: 1 });
    expect(cli.lastLines().join()).toContain('cannot be written');
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

it('connects over TLS with a client certificate', async () => {
  const authority = await CertificateAuthority.create();
  const [server, own] = [await authority.issue('server'), await authority.issue('operator')];
  const redis = await RedisServer.start({ tls: { caFile: authority.file, ...server } });
  const line = ['queues', '--json', '--redis', redis.url, '--tls-ca', authority.file];
  const files = ['--tls-cert', own.certFile, '--tls-key', own.keyFile];
  expect(await loyalnest([...line, ...files])).toMatchObject({ code: 0 });
  expect((await loyalnest(line)).code).toBe(3);
  expect((await loyalnest([...line.slice(0, 4), ...files])).code).toBe(3);
  const wrong = await loyalnest([...line, '--tls-cert', own.certFile, '--tls-key', '/nowhere']);
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.lines.join()).toContain('--tls-key');
  await redis.stop();
  await authority.remove();
});

it('finds the master that Sentinels watch', async () => {
  const group = await RedisSentinel.start();
  const nodes = group.sentinels.map(({ host, port }) => `redis://${host}:${port}`).join(',');
  const line = ['doctor', '--json', '--redis', nodes, '--sentinel'];
  const { lines } = await loyalnest([...line, group.masterName]);
  const { checks } = JSON.parse(lines.join('\n')) as { checks: { check: string }[] };
  expect(checks).toContainEqual(expect.objectContaining({ check: 'role', seen: 'master' }));
  expect((await loyalnest([...line, 'nobody'])).code).toBe(3);
  await group.stop();
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
