import { eventually, OwnProcess, PLATFORMS, ServiceProcess } from '@loyalnest/testing';
import { readFileSync } from 'node:fs';
import { Agent, get as httpGet } from 'node:http';
import { join } from 'node:path';
import { compileApp } from '../compile-app.js';

type Answer = readonly [status: number, body: string, connection: string | undefined];

const ORDER = [
  'stop-intake',
  'drain',
  'hooks',
  'close-queues',
  'close-databases',
  'close-connections',
  'flush',
];

let compiled: Awaited<ReturnType<typeof compileApp>>;

beforeAll(async () => {
  const source = join(import.meta.dirname, 'draining-app.ts');
  compiled = await compileApp(source, ['core', 'correlation', 'health', 'graceful-shutdown']);
});

afterAll(() => compiled.remove());

describe.each(PLATFORMS.map(({ name }) => name))('a process on %s', (adapter) => {
  let service: ServiceProcess;
  let agent: Agent;

  const start = async (options: object = {}, env: Record<string, string> = {}): Promise<void> => {
    const settings = { ADAPTER: adapter, OPTIONS: JSON.stringify(options), ...env };
    const { entry } = compiled;
    service = await ServiceProcess.start({
      app: adapter,
      entry,
      env: settings,
      readyWithin: '25s',
    });
  };

  const read = (path: string, over: Agent | false = false): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const call = httpGet(service.url + path, { agent: over }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () =>
          resolve([response.statusCode!, body, response.headers.connection]),
        );
      });
      call.on('error', reject);
    });

  const post = (path: string): Promise<unknown> => fetch(service.url + path, { method: 'POST' });
  const signal = (name: NodeJS.Signals): void => void process.kill(service.pid!, name);
  const output = (): string => service.lastLines(200).join('\n');
  const steps = (): string[] =>
    service.lastLines(200).flatMap((line) => /^step (.+)$/.exec(line)?.[1] ?? []);

  beforeEach(() => {
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });

  afterEach(async () => {
    agent.destroy();
    await service.kill();
  });

  it('becomes unready first, keeps serving, then ends in order with exit code 0', async () => {
    await start({ propagationDelay: '800ms', httpDrain: '1500ms' });
    expect(await read('/health/live', agent)).toEqual([200, '{"status":"ok"}', 'keep-alive']);
    const held = read('/hold');
    await service.waitForLine(/holding/);
    signal('SIGTERM');
    await service.waitForLine(/step stop-intake/);
    expect(await read('/health/ready')).toEqual([503, '{"status":"shutting_down"}', 'close']);
    expect(await read('/health/live', agent)).toEqual([200, '{"status":"ok"}', 'close']);
    expect(steps()).not.toContain('hooks');
    // The running request continues after the delay and after the server stops listening.
    await eventually(async () => {
      await expect(read('/health/live')).rejects.toThrow('ECONNREFUSED');
    });
    expect(service.running).toBe(true);
    expect(steps()).toEqual(['stop-intake', 'drain']);
    await expect(held).resolves.toEqual([200, 'cancelled', 'close']);
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(steps()).toEqual(ORDER);
  });

  it('answers a request that is running when the signal arrives', async () => {
    await start({ propagationDelay: '800ms' });
    const held = read('/hold', agent);
    await service.waitForLine(/holding/);
    signal('SIGTERM');
    await service.waitForLine(/step stop-intake/);
    await post('/release');
    expect(await held).toEqual([200, 'held', 'close']);
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  it('does not wait for idle connections', async () => {
    await start();
    await read('/health/live', agent);
    const startedAt = performance.now();
    signal('SIGINT');
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('reports a hanging step and exits with 1 before it would be killed', async () => {
    const options = { gracePeriod: '4s', httpDrain: '500ms', hooks: '500ms', flush: '200ms' };
    await start({ ...options, close: '500ms' }, { HANG: 'drain' });
    const startedAt = performance.now();
    signal('SIGTERM');
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(output()).toContain('drain step (job-7)');
    expect(output()).toContain('Active resources:');
    expect(steps()).toEqual(ORDER);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('exits immediately on a second signal, %s', async (name, code) => {
    await start({}, { HANG: 'drain' });
    signal('SIGTERM');
    await service.waitForLine(/step drain/);
    const startedAt = performance.now();
    // A signal within 30 ms counts as the same one, so repeat it.
    await eventually(() => {
      if (service.running) signal(name);
      return !service.running;
    });
    expect(await service.exited).toEqual({ code, signal: null });
    // Includes those 30 ms and up to 20 ms of polling.
    expect(performance.now() - startedAt).toBeLessThan(250);
  });

  it('ends in order with exit code 0 during the boot', async () => {
    service = await ServiceProcess.launch({
      app: adapter,
      entry: compiled.entry,
      env: { ADAPTER: adapter, BOOT_MS: '3000', OPTIONS: '{"propagationDelay":10000}' },
    });
    await service.waitForLine(/booting/, '30s');
    const startedAt = performance.now();
    signal('SIGTERM');
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(steps()).toEqual(ORDER);
    // No load balancer knows the instance yet, so there is no propagation delay.
    expect(performance.now() - startedAt).toBeLessThan(9_000);
  });

  it('does not wait for a client that reads a stream and never disconnects', async () => {
    await start();
    const events = await fetch(`${service.url}/ticks`);
    const reader = events.body!.getReader();
    await reader.read();
    signal('SIGTERM');
    let last = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      last += Buffer.from(part.value).toString();
    }
    expect(last).toMatch(/event: shutting-down\ndata:\n\n$/);
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  it('does not wait for a client that never closes its connection', async () => {
    await start({ httpDrain: '2s' });
    // Sends the next request as soon as it has an answer, over one connection.
    const ask = async (): Promise<void> => {
      const isAnswered = await read('/health/live', agent).then(
        () => true,
        () => false,
      );
      if (isAnswered) await ask();
    };
    const asking = ask();
    await read('/health/live');
    signal('SIGTERM');
    expect(await service.exited).toEqual({ code: 0, signal: null });
    await asking;
  });

  it('ends in order with exit code 1 after an uncaught exception', async () => {
    await start();
    await post('/crash');
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(output()).toContain('Error: boom');
    expect(steps()).toEqual(ORDER);
  });
});

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const describeAsRoot = isRoot ? describe : describe.skip;

describeAsRoot('the first process of a container', () => {
  const startAsInit = (env: Record<string, string>): OwnProcess =>
    OwnProcess.start({
      name: 'container',
      command: 'unshare',
      args: ['--pid', '--fork', '--kill-child', process.execPath, compiled.entry],
      env: { ...process.env, ADAPTER: 'express', PORT: '0', HOST: '127.0.0.1', ...env },
    });

  /** Its pid outside the namespace, where signals reach it as they reach a container. */
  const pidIn = ({ pid }: OwnProcess): number =>
    Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());

  it('ends in order', async () => {
    const container = startAsInit({});
    await container.waitForLine(/^listening as 1$/, 30_000);
    process.kill(pidIn(container), 'SIGTERM');
    expect(await container.exited).toMatchObject({ code: 0 });
    expect(container.lastLines(200)).toContain('step flush');
  });

  it('ends immediately while Nest creates its providers', async () => {
    const container = startAsInit({ CREATE: 'hangs' });
    await container.waitForLine(/^creating$/, 30_000);
    process.kill(pidIn(container), 'SIGTERM');
    expect(await container.exited).toMatchObject({ code: 143 });
  });
});
