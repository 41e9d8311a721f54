import {
  createTemporaryFolder,
  eventually,
  freePort,
  isPortFree,
  OwnProcess,
  PostgresServer,
  removeTemporaryFolder,
  repositoryRoot,
} from '@loyalnest/testing';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Stands in for an app: ready at once, and tells in a file when it is stopped. */
const APP = `
  import { createServer } from 'node:http';
  import { appendFileSync } from 'node:fs';
  const { NAME, PORT, HOST, ORDER_FILE, MODE = '' } = process.env;
  if (MODE === 'dies') { console.error('no such table'); process.exit(7); }
  const server = createServer((request, response) => {
    if (request.url === '/die') { console.error('out of memory'); process.exit(9); }
    response.statusCode = MODE === 'never-ready' ? 503 : 200;
    response.end(JSON.stringify(process.env));
  });
  server.listen(Number(PORT), HOST);
  process.on('SIGTERM', () => {
    appendFileSync(ORDER_FILE, NAME + ' asked\\n');
    if (MODE === 'stubborn') return;
    setTimeout(() => { appendFileSync(ORDER_FILE, NAME + ' stopped\\n'); process.exit(0); }, 100);
  });
`;

type Mode = 'dies' | 'never-ready' | 'stubborn';

interface Scenario {
  /** Runs it as `npm start` does. */
  readonly byNpm?: boolean;
  readonly modes?: Readonly<Record<string, Mode>>;
  readonly env?: Readonly<Record<string, string>>;
}

const NAMES = ['partner-simulator', 'points-service', 'api-gateway'];

describe('the launcher', () => {
  let folder: string;
  let launcher: OwnProcess;
  let ports: Record<string, number>;

  beforeAll(() => {
    const built = spawnSync(process.execPath, ['tools/build.ts'], { cwd: repositoryRoot() });
    expect(String(built.stderr)).toBe('');
  });

  beforeEach(async () => {
    folder = createTemporaryFolder('launch');
    // Postgres may run as another user, who has to get through.
    chmodSync(folder, 0o711);
    for (const name of ['empty-path', 'tmp']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'app.mjs'), APP);
    writeFileSync(join(folder, 'order'), '');
    ports = Object.fromEntries(
      await Promise.all(NAMES.map(async (name) => [name, await freePort()] as const)),
    );
  });

  afterEach(async () => {
    await launcher.kill();
    await eventually(() => leftRunning().length === 0, { within: '8s' });
    await removeTemporaryFolder(folder);
  });

  const launch = ({ modes = {}, env = {}, byNpm = false }: Scenario = {}): void => {
    const main = join(folder, 'main.mjs');
    const apps = NAMES.map(
      (name) => `{
        name: '${name}', port: ${ports[name]}, portVariable: 'SOME_PORT',
        entry: '${join(folder, 'app.mjs')}',
        stage: '${name === 'api-gateway' ? 'gateway' : 'services'}',
        env: (urls) => ({
          NAME: '${name}', MODE: '${modes[name] ?? ''}', ORDER_FILE: '${join(folder, 'order')}',
          REDIS: urls.redis, DATABASE: urls.databases.points ?? '',
        }),
      }`,
    );
    const module = pathToFileURL(join(repositoryRoot(), 'dist/tools/dev-stack/launch.js')).href;
    writeFileSync(
      main,
      `import { launch } from '${module}';
       await launch({
         apps: [${apps.join(', ')}],
         databases: [{ name: 'points', variable: 'POINTS_DATABASE_URL' }],
         env: process.env,
         logFolder: '${join(folder, 'logs')}',
       });`,
    );
    const root = readFileSync(join(repositoryRoot(), 'package.json'), 'utf8');
    const { scripts } = JSON.parse(root) as { scripts?: Record<string, string> };
    const start = (scripts?.['start'] ?? 'exec node tools/start.ts').replace(
      'tools/start.ts',
      main,
    );
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start } }));
    const { REDIS_URL: _redis, POINTS_DATABASE_URL: _points, ...inherited } = process.env;
    launcher = OwnProcess.start({
      name: 'launcher',
      ...(byNpm
        ? { command: 'npm', args: ['start'], cwd: folder }
        : { command: process.execPath, args: [main] }),
      // What it starts inherits the environment, or works in a folder below ours: see leftRunning.
      env: { ...inherited, ...env, LAUNCHED_FROM: folder, TMPDIR: join(folder, 'tmp') },
    });
  };

  const ready = async (scenario?: Scenario): Promise<void> => {
    launch(scenario);
    await launcher.waitForLine(/^Ctrl-C stops everything/, 15_000);
  };

  /** Processes of the launcher, itself included; empty where there is no /proc to look at. */
  const leftRunning = (): string[] =>
    (existsSync('/proc') ? readdirSync('/proc') : []).filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        const workingFolder = readlinkSync(`/proc/${pid}/cwd`);
        return environment.includes(`LAUNCHED_FROM=${folder}`) || workingFolder.startsWith(folder);
      } catch {
        return false;
      }
    });

  const output = (): string => launcher.lastLines(100).join('\n');
  const orderOfStop = (): string[] =>
    readFileSync(join(folder, 'order'), 'utf8').trim().split('\n');

  it('gives every app its environment and shows where it listens', async () => {
    await ready();
    const url = `http://localhost:${ports['points-service']}`;
    const env = (await (await fetch(url)).json()) as Record<string, string>;
    expect(env['REDIS']).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
    expect(env['DATABASE']).toMatch(/^postgres:\/\/points:points@127\.0\.0\.1:\d+\/points$/);
    expect(output()).toContain(url);
    expect(output()).toContain(join('logs', 'points-service.log'));
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops the gateway before the services at %s, leaves nothing and exits with 0',
    async (signal) => {
      await ready();
      expect(leftRunning().length).toBeGreaterThanOrEqual(NAMES.length + 3);
      launcher.signal(signal);
      expect(await launcher.exited).toMatchObject({ code: 0 });
      const order = orderOfStop();
      expect(order.slice(0, 2)).toEqual(['api-gateway asked', 'api-gateway stopped']);
      expect(order.toSorted()).toEqual(
        NAMES.flatMap((n) => [`${n} asked`, `${n} stopped`]).toSorted(),
      );
      expect(output()).toMatch(/partner-simulator stopped[^]*(Redis|Postgres) stopped/);
      expect(leftRunning()).toEqual([]);
      expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
    },
  );

  it('takes a signal that reaches it twice at once for one', async () => {
    await ready();
    launcher.signal('SIGINT');
    launcher.signal('SIGTERM');
    expect(await launcher.exited).toMatchObject({ code: 0 });
  });

  it('makes npm exit with 0 when Ctrl-C reaches npm, its shell and the launcher at once', async () => {
    await ready({ byNpm: true });
    process.kill(-launcher.pid!, 'SIGINT');
    expect(await launcher.exited).toMatchObject({ code: 0 });
    expect(output()).toContain('Stopped.');
    expect(leftRunning()).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('stops when only npm gets %s', async (signal) => {
    await ready({ byNpm: true });
    launcher.signal(signal);
    await eventually(() => leftRunning().length === 0, { within: '8s' });
    expect(orderOfStop()).toContain('points-service stopped');
  });

  it('stops while it is still starting', async () => {
    launch({ modes: { 'points-service': 'never-ready' } });
    await launcher.waitForLine(/partner-simulator is ready/, 15_000);
    launcher.signal('SIGINT');
    expect(await launcher.exited).toMatchObject({ code: 0 });
    expect(output()).not.toContain('Ready in');
    expect(leftRunning()).toEqual([]);
  });

  it('kills everything at once at a second Ctrl-C', async () => {
    await ready({ modes: { 'api-gateway': 'stubborn' } });
    const started = performance.now();
    const pressed = (): boolean => {
      launcher.signal('SIGINT');
      return !launcher.running;
    };
    await eventually(pressed, { every: '100ms', within: '10s' });
    expect(launcher.exitCode).toBe(130);
    expect(performance.now() - started).toBeLessThan(2_500);
    await eventually(() => leftRunning().length === 0);
  });

  it('kills a process that does not stop in time, says so, and exits with 1', async () => {
    await ready({ modes: { 'api-gateway': 'stubborn' } });
    const started = performance.now();
    launcher.signal('SIGINT');
    expect(await launcher.exited).toMatchObject({ code: 1 });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(output()).toContain('api-gateway had not stopped within 3000 ms and was killed');
    expect(leftRunning()).toEqual([]);
  });

  it('names a process that dies, with its last lines, and stops everything else', async () => {
    await ready();
    await fetch(`http://localhost:${ports['points-service']}/die`).catch(() => undefined);
    expect(await launcher.exited).toMatchObject({ code: 1 });
    expect(output()).toMatch(/points-service ended \(exit code 9\)[^]*out of memory/);
    expect(orderOfStop()).toContain('api-gateway stopped');
    expect(leftRunning()).toEqual([]);
  });

  it('names a process that dies while it starts', async () => {
    launch({ modes: { 'points-service': 'dies' } });
    expect(await launcher.exited).toMatchObject({ code: 1 });
    expect(output()).toMatch(/points-service ended \(exit code 7\)[^]*no such table/);
    expect(leftRunning()).toEqual([]);
  });

  it('names the port that is taken and how to choose another, before it starts anything', async () => {
    const port = ports['points-service']!;
    const squatter = createServer().listen(port, '127.0.0.1');
    await eventually(async () => !(await isPortFree(port)));
    launch();
    expect(await launcher.exited).toMatchObject({ code: 1 });
    expect(output()).toContain(`Taken by another process is port ${port} (points-service).`);
    expect(output()).toContain(`SOME_PORT=${port + 100} npm start`);
    expect(output()).not.toContain('starting Redis');
    await new Promise((closed) => squatter.close(closed));
  });

  it('says how to get a Redis where there is none', async () => {
    launch({ env: { PATH: join(folder, 'empty-path') } });
    expect(await launcher.exited).toMatchObject({ code: 1 });
    expect(output()).toMatch(/No Redis to be had[^]*Set REDIS_URL/);
    expect(leftRunning()).toEqual([]);
  });

  it('names REDIS_URL when nothing answers there', async () => {
    const port = await freePort();
    launch({ env: { REDIS_URL: `redis://user:secret@127.0.0.1:${port}` } });
    expect(await launcher.exited).toMatchObject({ code: 1 });
    expect(output()).toMatch(
      new RegExp(`REDIS_URL is set to redis://127.0.0.1:${port}.*ECONNREFUSED[^]*unset REDIS_URL`),
    );
    expect(output()).not.toContain('secret');
    expect(leftRunning()).toEqual([]);
  });

  it('names the database that refuses', async () => {
    const postgres = await PostgresServer.start({ durable: false });
    const { host, port } = postgres;
    launch({ env: { POINTS_DATABASE_URL: `postgres://points:secret@${host}:${port}/points` } });
    expect(await launcher.exited).toMatchObject({ code: 1 });
    await postgres.stop();
    expect(output()).toMatch(/POINTS_DATABASE_URL is set to .*password authentication failed/);
    expect(output()).not.toContain('secret');
    expect(leftRunning()).toEqual([]);
  });

  it('uses the database that it is given and starts no other', async () => {
    const postgres = await PostgresServer.start({ durable: false });
    const url = await postgres.createDatabase('mine', { owner: 'me' });
    await ready({ env: { POINTS_DATABASE_URL: url } });
    const app = await fetch(`http://localhost:${ports['points-service']}`);
    expect(await app.json()).toMatchObject({ DATABASE: url });
    launcher.signal('SIGINT');
    expect(await launcher.exited).toMatchObject({ code: 0 });
    expect(output()).not.toContain('Postgres stopped');
    expect(postgres.pid).toBeDefined();
    await postgres.stop();
  });

  it('leaves nothing running when it is killed itself', async () => {
    await ready();
    await launcher.kill();
    await eventually(() => leftRunning().length === 0, { within: '6s' });
    await eventually(() => readdirSync(join(folder, 'tmp')).length === 0);
  });
});
