import {
  DRAIN,
  OBSERVE_METRICS,
  ON_SHUTDOWN,
  type Drainable,
  type DrainStep,
  type ShutdownListener,
  type ShutdownStage,
} from '@loyalnest/core';
import { DRAIN_PHASES, isMetricSource } from '@loyalnest/core/toolkit';
import { eventually, FakeClock, forEachPlatform, type RunningApp } from '@loyalnest/testing';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Res,
  type DynamicModule,
  type LoggerService,
  type NestApplicationOptions,
  type OnModuleDestroy,
  type Provider,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import { Agent, get as httpGet, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { FakeProcess } from '../test/fake-process.js';
import {
  GracefulShutdown,
  GracefulShutdownModule,
  shutdownBegan,
  shutdownEnded,
  shutdownPhaseEnded,
  type GracefulShutdownModuleOptions,
  type ShutdownPhaseEnded,
} from './index.js';

class Log implements LoggerService {
  readonly lines: string[] = [];
  log = (text: string): void => void this.lines.push(text);
  warn = this.log;
  error = this.log;
  fatal = this.log;
}

const held: (() => void)[] = [];

/** Notes what happens to it, and can be told to hang in a phase. */
@Injectable()
class Recorder implements Drainable, ShutdownListener, OnModuleDestroy {
  readonly seen: string[] = [];
  hanging: DrainStep['phase'] | undefined;
  failing: DrainStep['phase'] | undefined;
  hooksHang = false;
  onStage: (stage: ShutdownStage) => void = () => undefined;

  [ON_SHUTDOWN](stage: ShutdownStage): void {
    this.seen.push(stage);
    this.onStage(stage);
  }

  [DRAIN](): readonly DrainStep[] {
    return DRAIN_PHASES.toReversed().map((phase) => ({
      phase,
      name: `recorder ${phase}`,
      run: (signal) => this.run(phase, signal),
      pending: () => (this.hanging === phase ? ['job-1', 'job-2'] : []),
    }));
  }

  async onModuleDestroy(): Promise<void> {
    this.seen.push('hooks');
    if (this.hooksHang) await new Promise<void>((resolve) => held.push(resolve));
  }

  private async run(phase: DrainStep['phase'], signal: AbortSignal): Promise<void> {
    this.seen.push(phase);
    signal.addEventListener('abort', () => this.seen.push(`${phase} notice`));
    if (this.failing === phase) throw new Error(`${phase} is broken`);
    if (this.hanging === phase) await new Promise(() => undefined);
  }
}

@Controller()
class Work {
  @Get('fast')
  fast(): string {
    return 'fast';
  }

  /** Its headers, keep-alive among them, are sent before it ends. */
  @Get('stream')
  stream(@Res() response: ServerResponse & { raw?: ServerResponse }): void {
    const raw = response.raw ?? response;
    raw.writeHead(200).write('begin');
    held.push(() => raw.end('end'));
  }

  @Get('hold')
  async hold(): Promise<string> {
    await new Promise<void>((resolve) => held.push(resolve));
    return 'held';
  }
}

/** A provider whose start takes until `ready`. */
function slowStart(ready: Promise<void>): Provider {
  return { provide: 'slow', useValue: { onModuleInit: () => ready } };
}

/** Throws at every chance. */
@Injectable()
class Broken implements Drainable, ShutdownListener {
  [ON_SHUTDOWN](): void {
    throw new Error('broken listener');
  }
  [DRAIN](): never {
    throw new Error('broken drainable');
  }
}

function appModule(options: GracefulShutdownModuleOptions): DynamicModule {
  class App {}
  Module({})(App);
  return {
    module: App,
    imports: [GracefulShutdownModule.forRoot(options)],
    controllers: [Work],
    providers: [Broken, Recorder],
  };
}

forEachPlatform((platform) => {
  let running: RunningApp;
  let clock: FakeClock;
  let control: FakeProcess;
  let log: Log;
  let recorder: Recorder;
  let shutdown: GracefulShutdown;
  let phases: ShutdownPhaseEnded[];
  let endSubscription: () => void;

  const boot = async (
    options: GracefulShutdownModuleOptions = {},
    nest: NestApplicationOptions = {},
  ): Promise<void> => {
    running = await platform.create(appModule({ clock, process: control, ...options }), {
      nest: { logger: log, ...nest },
      configure: (app) => app.get(GracefulShutdown).attach(app),
    });
    recorder = running.app.get(Recorder);
    shutdown = running.app.get(GracefulShutdown);
  };

  const ended = (): Promise<unknown> => eventually(() => control.exits.length > 0);

  const open = async (): Promise<Socket> => {
    const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const ask = async (socket: Socket, text: string): Promise<string> => {
    socket.write(text);
    return String(await once(socket, 'data'));
  };

  /** A request over one kept-alive connection; resolves with status and Connection header. */
  const keepAlive = new Agent({ keepAlive: true, maxSockets: 1 });
  const over = (agent: Agent | false, path: string): Promise<[number, string | undefined]> =>
    new Promise((resolve, reject) => {
      httpGet(running.url + path, { agent }, (response) => {
        response.resume();
        response.on('end', () => resolve([response.statusCode!, response.headers.connection]));
      }).on('error', reject);
    });

  beforeEach(() => {
    clock = new FakeClock();
    control = new FakeProcess();
    log = new Log();
    phases = [];
    endSubscription = shutdownPhaseEnded.subscribe((event) => phases.push(event));
  });

  afterEach(async () => {
    endSubscription();
    for (const release of held.splice(0)) release();
    keepAlive.destroy();
    running.app.getHttpServer().closeAllConnections();
    await running.close();
  });

  it('turns unready and stops intake in the tick of the signal, and closes nothing yet', async () => {
    await boot({ propagationDelay: '5s' });
    expect(shutdown.isDraining).toBe(false);
    expect(shutdown.drainSignal.aborted).toBe(false);
    const began = jest.fn();
    const end = shutdownBegan.subscribe(began);
    control.send('SIGTERM');
    expect(recorder.seen).toEqual(['draining', 'stop-intake']);
    expect(shutdown.isDraining).toBe(true);
    expect(shutdown.drainSignal.reason).toMatchObject({
      code: 'DRAINING',
      shutdownCause: 'SIGTERM',
    });
    expect(began).toHaveBeenCalledWith({ cause: 'SIGTERM', running: [] });
    end();
    await clock.advance(4_999);
    expect(recorder.seen).toEqual(['draining', 'stop-intake', 'drain']);
    expect(await over(false, '/fast')).toEqual([200, 'close']);
    await clock.advance(1);
    await ended();
  });

  it('runs the steps in the order of their phases, and Nest hooks before anything is closed', async () => {
    await boot();
    control.send('SIGINT');
    await ended();
    expect(recorder.seen).toEqual([
      'draining',
      'stop-intake',
      'drain',
      'hooks',
      'close-queues',
      'close-databases',
      'close-connections',
      'flush',
    ]);
    expect(control.exits).toEqual([0]);
    expect(phases.map(({ phase, stuck }) => [phase, stuck.length])).toEqual([
      ['stop-intake', 0],
      expect.anything(),
      expect.anything(),
      ['hooks', 0],
      ['close-queues', 0],
      ['close-databases', 0],
      ['close-connections', 0],
      ['flush', 0],
    ]);
  });

  it('lets a running request finish, and says that its connection ends', async () => {
    await boot();
    const call = over(keepAlive, '/hold');
    await eventually(() => held.length === 1);
    control.send('SIGTERM');
    await clock.advance(1);
    expect(running.app.getHttpServer().listening).toBe(false);
    expect(control.exits).toEqual([]);
    held.splice(0)[0]!();
    expect(await call).toEqual([200, 'close']);
    await ended();
    expect(control.exits).toEqual([0]);
  });

  it('serves a kept-alive connection until the endpoint is removed, then closes it', async () => {
    await boot({ propagationDelay: '5s' });
    expect(await over(keepAlive, '/fast')).toEqual([200, 'keep-alive']);
    control.send('SIGTERM');
    expect(await over(keepAlive, '/fast')).toEqual([200, 'close']);
    await clock.advance(5_000);
    await ended();
    await expect(over(false, '/fast')).rejects.toThrow('ECONNREFUSED');
  });

  it('is not held up by idle connections, used or not', async () => {
    await boot();
    await over(keepAlive, '/fast');
    const unused = await open();
    const closed = once(unused, 'close');
    control.send('SIGTERM');
    await clock.advance(249);
    expect(control.exits).toEqual([]);
    await clock.advance(1);
    await ended();
    expect(control.exits).toEqual([0]);
    await closed;
  });

  it('serves connections that have come but were not accepted yet', async () => {
    await boot();
    const answers = Array.from({ length: 20 }, () => {
      const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
      socket.write('GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n');
      return new Promise<string>((resolve, reject) => {
        socket.once('data', (data) => resolve(String(data))).once('error', reject);
      });
    });
    // The kernel has the connections in this tick, the server learns of one in each turn.
    process.nextTick(() => control.send('SIGTERM'));
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    await ended();
    expect(control.exits).toEqual([0]);
  });

  it('serves a request that comes soon after its connection', async () => {
    await boot();
    const socket = await open();
    control.send('SIGTERM');
    await clock.advance(200);
    const answer = await ask(socket, 'GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
    await ended();
    expect(control.exits).toEqual([0]);
  });

  it('closes used connections at once while it waits for the first request of another one', async () => {
    await boot();
    const [rested, halfway, unused] = await Promise.all([0, 1, 2].map(() => open()));
    await ask(rested!, 'GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await ask(halfway!, 'GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n');
    halfway!.write('GET /fa');
    control.send('SIGTERM');
    await once(rested!, 'close');
    expect(await ask(halfway!, 'st HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(/ 200 OK/);
    expect(await ask(unused!, 'GET /fast HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(/ 200 OK/);
    await ended();
    expect(control.exits).toEqual([0]);
  });

  it('closes a connection that promised to be kept alive before the signal came', async () => {
    await boot();
    const call = over(keepAlive, '/stream');
    await eventually(() => held.length === 1);
    control.send('SIGTERM');
    // Long enough for the drain to have closed what was idle already.
    await clock.advance(1);
    held.splice(0)[0]!();
    expect(await call).toEqual([200, 'keep-alive']);
    await ended();
    expect(control.exits).toEqual([0]);
  });

  it('cancels requests one second before it cuts them off and names them', async () => {
    await boot();
    const call = over(false, '/hold?secret=1').catch((error: Error) => error.message);
    await eventually(() => held.length === 1);
    control.send('SIGTERM');
    await clock.advance(8_999);
    expect(recorder.seen).not.toContain('cancelling');
    await clock.advance(1);
    expect(recorder.seen).toContain('cancelling');
    await clock.advance(1_000);
    expect(await call).toMatch(/socket hang up|ECONNRESET/);
    await ended();
    expect(control.exits).toEqual([1]);
    expect(phases).toContainEqual({ phase: 'http', durationMs: 10_000, stuck: ['GET /hold'] });
    expect(log.lines.join('\n')).toMatch(/stuck: http: GET \/hold\. .*Timeout x2, TCPSocketWrap/);
    expect(log.lines.join('\n')).not.toContain('secret');
  });

  it('gives a request that heeds the cancellation the time to answer', async () => {
    await boot();
    const call = over(false, '/hold');
    await eventually(() => held.length === 1);
    recorder.onStage = (stage) => stage === 'cancelling' && held.splice(0)[0]!();
    control.send('SIGTERM');
    await clock.advance(9_000);
    expect(await call).toEqual([200, 'close']);
    await ended();
    expect(control.exits).toEqual([0]);
  });

  it('drains once intake has stopped, or after a second', async () => {
    await boot();
    recorder.hanging = 'stop-intake';
    control.send('SIGTERM');
    await clock.advance(999);
    expect(recorder.seen).not.toContain('drain');
    await clock.advance(1);
    expect(recorder.seen).toContain('drain');
    await ended();
    expect(control.exits).toEqual([1]);
  });

  it('goes on after a hanging step, names what it still had to do, and exits with 1', async () => {
    await boot();
    recorder.hanging = 'drain';
    const event = jest.fn();
    const end = shutdownEnded.subscribe(event);
    control.send('SIGTERM');
    await clock.advance(19_000);
    expect(recorder.seen.at(-1)).toBe('drain notice');
    await clock.advance(1_000);
    await ended();
    expect(control.exits).toEqual([1]);
    expect(recorder.seen.at(-1)).toBe('flush');
    expect(log.lines).toContain('drain: not done after 20000 ms: recorder drain (job-1, job-2)');
    const stuck = ['drain: recorder drain (job-1, job-2)'];
    expect(event).toHaveBeenCalledWith({
      cause: 'SIGTERM',
      durationMs: 20_000,
      exitCode: 1,
      stuck,
    });
    end();
  });

  it('leaves the phases after a hanging one their time', async () => {
    await boot({ close: '3s' });
    recorder.hanging = 'close-queues';
    control.send('SIGTERM');
    await eventually(() => recorder.seen.includes('close-queues'));
    await clock.advance(1_000);
    await ended();
    expect(recorder.seen.slice(-3)).toEqual(['close-databases', 'close-connections', 'flush']);
    expect(control.exits).toEqual([1]);
  });

  it('does not wait for hooks of Nest that hang', async () => {
    await boot();
    recorder.hooksHang = true;
    control.send('SIGTERM');
    await eventually(() => recorder.seen.includes('hooks'));
    await clock.advance(4_000);
    await ended();
    expect(control.exits).toEqual([1]);
    expect(phases).toContainEqual({ phase: 'hooks', durationMs: 4_000, stuck: ['app.close()'] });
  });

  it('counts a failing step, without letting it stop the others', async () => {
    await boot();
    recorder.failing = 'drain';
    control.send('SIGTERM');
    await ended();
    expect(recorder.seen.at(-1)).toBe('flush');
    expect(control.exits).toEqual([1]);
    expect(log.lines).toContain('drain: recorder drain failed');
    expect(log.lines).toContain('Broken failed in the shutdown');
  });

  it('exits at once on a second signal, but not on the same one delivered twice', async () => {
    await boot();
    recorder.hanging = 'drain';
    control.send('SIGINT');
    control.send('SIGINT');
    expect(control.exits).toEqual([]);
    await clock.advance(30);
    control.send('SIGINT');
    expect(control.exits).toEqual([130]);
    control.send('SIGTERM');
    expect(control.exits).toEqual([130, 143]);
    await clock.advance(20_000);
  });

  it.each(['uncaughtException', 'unhandledRejection'] as const)(
    'ends soon and with 1 after an %s, and at once after another',
    async (event) => {
      await boot({ propagationDelay: '5s' });
      recorder.hanging = 'drain';
      control.send(event, new Error('boom'));
      expect(log.lines).toContainEqual(
        expect.stringMatching(new RegExp(`^${event}: the process will end: Error: .+\\n +at `)),
      );
      expect(recorder.seen).toEqual(['draining', 'stop-intake']);
      await clock.advance(2_999);
      expect(control.exits).toEqual([]);
      control.send(event, undefined);
      expect(control.exits).toEqual([1]);
      await clock.advance(1);
      await eventually(() => control.exits.length === 2);
    },
  );

  it('exits with 1 after an exception, however well it drains', async () => {
    await boot();
    control.send('unhandledRejection', 'boom');
    await ended();
    expect(recorder.seen.at(-1)).toBe('flush');
    expect(control.exits).toEqual([1]);
  });

  it('exits with 1 after an exception in the middle of a shutdown', async () => {
    await boot({ propagationDelay: '5s' });
    control.send('SIGTERM');
    control.send('uncaughtException', new Error('boom'));
    await clock.advance(5_000);
    await ended();
    expect(control.exits).toEqual([1]);
  });

  it('gives up at the hard deadline, whatever it waits for', async () => {
    await boot();
    recorder.hanging = 'drain';
    // A clock that jumps stands for a process that was stopped.
    control.send('SIGTERM');
    const timers = (clock as unknown as { timers: Set<{ at: number; task: () => void }> }).timers;
    const deadline = [...timers].find((timer) => timer.at === 28_000)!;
    await eventually(() => recorder.seen.includes('drain'));
    deadline.task();
    expect(control.exits).toEqual([1]);
    expect(log.lines).toContain('not shut down within 28000 ms');
    expect(log.lines.join('\n')).toContain('stuck: drain: recorder drain (job-1, job-2)');
    await clock.advance(28_000);
  });

  it('handles nothing any more once the application was closed by its own code', async () => {
    await boot();
    expect(control.events).toHaveLength(4);
    await running.close();
    expect(control.events).toEqual([]);
  });

  it.each([{ forceCloseConnections: true }, { return503OnClosing: true }])(
    'refuses %j',
    async (nest) => {
      await expect(boot({}, nest)).rejects.toThrow(/(force|503).*: got true; remove it/);
      await boot();
    },
  );

  it("refuses Nest's own shutdown hooks, before and after", async () => {
    const module = appModule({ clock, process: control });
    const attach = (first: boolean) =>
      platform.create(module, {
        configure: (app) => {
          if (first) app.enableShutdownHooks();
          app.get(GracefulShutdown).attach(app);
          app.enableShutdownHooks();
        },
      });
    await expect(attach(true)).rejects.toThrow('app.enableShutdownHooks()');
    await expect(attach(false)).rejects.toThrow('app.enableShutdownHooks()');
    await boot();
  });

  it('shows metrics whether it drains and what it would wait for', async () => {
    await boot({ propagationDelay: '5s' });
    const values = () =>
      Object.fromEntries(shutdown[OBSERVE_METRICS]().map(({ name, value }) => [name, value]));
    const call = over(false, '/hold');
    await eventually(() => held.length === 1);
    expect(isMetricSource(shutdown)).toBe(true);
    expect(values()).toEqual({
      loyalnest_graceful_shutdown_draining: 0,
      loyalnest_graceful_shutdown_running_requests: 1,
    });
    control.send('SIGTERM');
    expect(values()).toMatchObject({ loyalnest_graceful_shutdown_draining: 1 });
    held.splice(0)[0]!();
    await call;
    await clock.advance(5_000);
    await ended();
  });

  it('ends a boot that is under way, closing all that exists', async () => {
    const module = appModule({ clock, process: control, propagationDelay: '5s' });
    let slow!: () => void;
    const start = new Promise<void>((resolve) => (slow = resolve));
    const starting = platform.create(
      { ...module, providers: [...module.providers!, slowStart(start)] },
      {
        nest: { logger: log },
        configure: (app) => {
          app.get(GracefulShutdown).attach(app);
          recorder = app.get(Recorder);
          setImmediate(() => control.send('SIGTERM'));
        },
      },
    );
    await eventually(() => recorder?.seen.length === 1);
    expect(recorder.seen).toEqual(['draining']);
    await clock.advance(1_000);
    slow();
    running = await starting;
    await clock.advance(100);
    await ended();
    expect(recorder.seen).toEqual(['draining', ...DRAIN_PHASES.toSpliced(2, 0, 'hooks' as never)]);
    expect(control.exits).toEqual([0]);
    // Nobody waited for an endpoint that was never there.
    expect(clock.monotonic()).toBe(1_100);
  });

  it('names a boot that does not end', async () => {
    const module = appModule({ clock, process: control });
    let slow!: () => void;
    const start = new Promise<void>((resolve) => (slow = resolve));
    const starting = platform.create(
      { ...module, providers: [...module.providers!, slowStart(start)] },
      {
        nest: { logger: log },
        configure: (app) => {
          app.get(GracefulShutdown).attach(app);
          running = { app, url: '', close: async () => undefined };
          setImmediate(() => control.send('SIGTERM'));
        },
      },
    );
    await eventually(() => log.lines.some((line) => line.includes('shutting down')));
    await clock.advance(15_000);
    await ended();
    expect(control.exits).toEqual([1]);
    expect(log.lines.join('\n')).toContain('boot: not done after 5000 ms: app.init()');
    // Here nothing has really exited: the boot goes on with what is closed already.
    starting.catch(() => undefined);
    slow();
  });

  it('warns when it was imported but never attached', async () => {
    const module = appModule({ clock, process: control });
    running = await platform.create(module, { nest: { logger: log } });
    expect(log.lines.join('\n')).toContain('call app.get(GracefulShutdown).attach(app)');
    expect(control.events).toEqual([]);
  });
});

it("refuses Fastify's own forceCloseConnections", async () => {
  const adapter = new FastifyAdapter({ forceCloseConnections: true });
  const app = await NestFactory.create(appModule({ process: new FakeProcess() }), adapter, {
    logger: false,
  });
  expect(() => app.get(GracefulShutdown).attach(app)).toThrow('forceCloseConnections: got true');
  await app.close();
});

it('ends at once before it is attached, where the kernel would not do so', async () => {
  const control = new FakeProcess(true);
  const app = await NestFactory.createApplicationContext(appModule({ process: control }), {
    logger: false,
  });
  control.send('SIGTERM');
  control.send('SIGINT');
  expect(control.exits).toEqual([143, 130]);
  app.get(GracefulShutdown).attach(app);
  control.send('SIGTERM');
  await eventually(() => control.exits.length > 2);
  expect(control.exits).toEqual([143, 130, 0]);
});

it('shuts down an application without HTTP', async () => {
  const control = new FakeProcess();
  const app = await NestFactory.createApplicationContext(appModule({ process: control }), {
    logger: false,
  });
  app.get(GracefulShutdown).attach(app);
  control.send('SIGTERM');
  await eventually(() => control.exits.length > 0);
  expect(control.exits).toEqual([0]);
});
