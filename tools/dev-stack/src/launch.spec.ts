import {
  eventually,
  freePort,
  isPortFree,
  PostgresServer,
  repositoryRoot,
} from '@loyalnest/testing';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { LaunchedStack } from '../spec/launched-stack.js';

describe('the launcher', () => {
  let stack: LaunchedStack;

  beforeAll(() => {
    const built = spawnSync(process.execPath, ['tools/build.ts'], { cwd: repositoryRoot() });
    expect(String(built.stderr)).toBe('');
  });

  beforeEach(async () => {
    stack = await LaunchedStack.prepare();
  });

  afterEach(() => stack.dispose());

  it('gives every app its environment and prints its URL and log file', async () => {
    await stack.launchUntilReady();
    const url = stack.url('points-service');
    const env = (await (await fetch(url)).json()) as Record<string, string>;
    expect(env['REDIS']).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
    expect(env['DATABASE']).toMatch(/^postgres:\/\/points:points@127\.0\.0\.1:\d+\/points$/);
    expect(stack.output()).toContain(url);
    expect(stack.output()).toContain(join('logs', 'points-service.log'));
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops the gateway before the services on %s, leaves nothing running and exits with 0',
    async (signal) => {
      await stack.launchUntilReady();
      expect(stack.leftRunning().length).toBeGreaterThanOrEqual(stack.names.length + 3);
      stack.launcher.signal(signal);
      expect(await stack.launcher.exited).toMatchObject({ code: 0 });
      const order = stack.orderOfStop();
      expect(order.slice(0, 2)).toEqual(['api-gateway asked', 'api-gateway stopped']);
      expect(order.toSorted()).toEqual(
        stack.names.flatMap((n) => [`${n} asked`, `${n} stopped`]).toSorted(),
      );
      expect(stack.output()).toMatch(/partner-simulator stopped[^]*(Redis|Postgres) stopped/);
      expect(stack.leftRunning()).toEqual([]);
      expect(readdirSync(stack.temporary)).toEqual([]);
    },
  );

  it('treats two signals at the same moment as one', async () => {
    await stack.launchUntilReady();
    stack.launcher.signal('SIGINT');
    stack.launcher.signal('SIGTERM');
    expect(await stack.launcher.exited).toMatchObject({ code: 0 });
  });

  it('makes npm exit with 0 when Ctrl-C reaches npm, its shell and the launcher at once', async () => {
    await stack.launchUntilReady({ byNpm: true });
    process.kill(-stack.launcher.pid!, 'SIGINT');
    expect(await stack.launcher.exited).toMatchObject({ code: 0 });
    expect(stack.output()).toContain('Stopped.');
    expect(stack.leftRunning()).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('stops when only npm receives %s', async (signal) => {
    await stack.launchUntilReady({ byNpm: true });
    stack.launcher.signal(signal);
    await eventually(() => stack.leftRunning().length === 0, { within: '8s' });
    expect(stack.orderOfStop()).toContain('points-service stopped');
  });

  it('starts no further app once it was asked to stop', async () => {
    stack.launch();
    await stack.launcher.waitForLine(/starting Redis/, 15_000);
    stack.launcher.signal('SIGINT');
    expect(await stack.launcher.exited).toMatchObject({ code: 0 });
    expect(stack.output()).toMatch(/(Redis|Postgres) stopped/);
    expect(stack.output()).not.toContain('api-gateway');
    expect(stack.leftRunning()).toEqual([]);
  });

  it('stops while it is still starting', async () => {
    stack.launch({ modes: { 'points-service': 'never-ready' } });
    await stack.launcher.waitForLine(/partner-simulator is ready/, 15_000);
    stack.launcher.signal('SIGINT');
    expect(await stack.launcher.exited).toMatchObject({ code: 0 });
    expect(stack.output()).not.toContain('Ready in');
    expect(stack.leftRunning()).toEqual([]);
  });

  it('stops cleanly while an app does not handle signals yet', async () => {
    stack.launch();
    await stack.launcher.waitForLine(/starting partner-simulator/, 15_000);
    stack.launcher.signal('SIGINT');
    expect(await stack.launcher.exited).toMatchObject({ code: 0 });
    expect(stack.leftRunning()).toEqual([]);
  });

  it('kills everything immediately on a second Ctrl-C', async () => {
    await stack.launchUntilReady({ modes: { 'api-gateway': 'stubborn' } });
    const started = performance.now();
    const pressed = (): boolean => {
      stack.launcher.signal('SIGINT');
      return !stack.launcher.running;
    };
    await eventually(pressed, { every: '100ms', within: '10s' });
    expect(stack.launcher.exitCode).toBe(130);
    expect(performance.now() - started).toBeLessThan(2_500);
    await eventually(() => stack.leftRunning().length === 0);
  });

  it('kills a process that does not stop in time, reports it, and exits with 1', async () => {
    await stack.launchUntilReady({ modes: { 'api-gateway': 'stubborn' } });
    const started = performance.now();
    stack.launcher.signal('SIGINT');
    expect(await stack.launcher.exited).toMatchObject({ code: 1 });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(stack.output()).toContain('api-gateway did not stop within 3000 ms and was killed');
    expect(stack.leftRunning()).toEqual([]);
  });

  it('reports a process that dies, with its last lines, and stops everything else', async () => {
    await stack.launchUntilReady();
    await fetch(`${stack.url('points-service')}/die`).catch(() => undefined);
    expect(await stack.launcher.exited).toMatchObject({ code: 1 });
    expect(stack.output()).toMatch(/points-service ended \(exit code 9\)[^]*out of memory/);
    expect(stack.orderOfStop()).toContain('api-gateway stopped');
    expect(stack.leftRunning()).toEqual([]);
  });

  it('reports a process that dies during its start', async () => {
    stack.launch({ modes: { 'points-service': 'dies' } });
    expect(await stack.launcher.exited).toMatchObject({ code: 1 });
    expect(stack.output()).toMatch(/points-service ended \(exit code 7\)[^]*no such table/);
    expect(stack.leftRunning()).toEqual([]);
  });

  it('reports a taken port and how to choose another before it starts anything', async () => {
    const port = stack.port('points-service');
    const squatter = createServer().listen(port, '127.0.0.1');
    await eventually(async () => !(await isPortFree(port)));
    stack.launch();
    expect(await stack.launcher.exited).toMatchObject({ code: 1 });
    expect(stack.output()).toContain(`Another process uses port ${port} (points-service).`);
    expect(stack.output()).toContain(`SOME_PORT=${port + 100} npm start`);
    expect(stack.output()).not.toContain('starting Redis');
    await new Promise((closed) => squatter.close(closed));
  });

  it('explains how to provide Redis when it cannot start one', async () => {
    stack.launch({ env: { PATH: join(stack.folder, 'nothing-here') } });
    expect(await stack.launcher.exited).toMatchObject({ code: 1 });
    expect(stack.output()).toMatch(/No Redis available[^]*Set REDIS_URL/);
    expect(stack.leftRunning()).toEqual([]);
  });

  it('names REDIS_URL when nothing answers at that URL', async () => {
    const port = await freePort();
    stack.launch({ env: { REDIS_URL: `redis://user:secret@127.0.0.1:${port}` } });
    expect(await stack.launcher.exited).toMatchObject({ code: 1 });
    expect(stack.output()).toMatch(
      new RegExp(`REDIS_URL is set to redis://127.0.0.1:${port}.*ECONNREFUSED[^]*unset REDIS_URL`),
    );
    expect(stack.output()).not.toContain('secret');
    expect(stack.leftRunning()).toEqual([]);
  });

  it('names the variable of a database that refuses the connection', async () => {
    const postgres = await PostgresServer.start({ durable: false });
    const { host, port } = postgres;
    stack.launch({
      env: { POINTS_DATABASE_URL: `postgres://points:secret@${host}:${port}/points` },
    });
    expect(await stack.launcher.exited).toMatchObject({ code: 1 });
    await postgres.stop();
    expect(stack.output()).toMatch(
      /POINTS_DATABASE_URL is set to .*password authentication failed/,
    );
    expect(stack.output()).not.toContain('secret');
    expect(stack.leftRunning()).toEqual([]);
  });

  it('uses a given database and starts no Postgres of its own', async () => {
    const postgres = await PostgresServer.start({ durable: false });
    const url = await postgres.createDatabase('mine', { owner: 'me' });
    await stack.launchUntilReady({ env: { POINTS_DATABASE_URL: url } });
    const app = await fetch(stack.url('points-service'));
    expect(await app.json()).toMatchObject({ DATABASE: url });
    stack.launcher.signal('SIGINT');
    expect(await stack.launcher.exited).toMatchObject({ code: 0 });
    expect(stack.output()).not.toContain('Postgres stopped');
    expect(postgres.pid).toBeDefined();
    await postgres.stop();
  });

  it('leaves nothing running when it is killed itself', async () => {
    await stack.launchUntilReady();
    await stack.launcher.kill();
    await eventually(() => stack.leftRunning().length === 0, { within: '6s' });
    await eventually(() => readdirSync(stack.temporary).length === 0);
  });
});
