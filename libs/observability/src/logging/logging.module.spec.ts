import { AdminAccess, diagnostics, runInContext } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/core/testing';
import { eventually, forEachPlatform } from '@loyalnest/testing';
import { Controller, Get, Global, Logger as NestLogger, Module, Post } from '@nestjs/common';
import { Logger, LoggingModule, LogLevel, PinoLogger } from '../index.js';

type Line = Record<string, unknown> & { readonly msg: string };

// nestjs-pino keeps one root logger per process: the one of the first application.
const lines: Line[] = [];
let flushed = 0;
const destination = {
  write: (text: string) => void lines.push(JSON.parse(text) as Line),
  flush: (done: () => void) => {
    flushed++;
    done();
  },
};
const clock = new FakeClock();
beforeEach(() => {
  lines.length = 0;
});

@Controller()
class Routes {
  constructor(private readonly logger: PinoLogger) {}

  @Get('slow')
  slow(): Promise<string> {
    return new Promise(() => undefined);
  }

  @Post('invites')
  invite(): string {
    this.logger.assign({ phone: '+491761234567', note: 'for ada@example.com' });
    this.logger.info('assigned');
    this.logger.logger.child({ session: { cookie: 'id=hunter2' } }).info('child');
    this.logger.info({ error: new Error('no SMS to +491761234567') }, 'token is %s', 'x');
    this.logger.error(new Error('no SMS to +491761234567'));
    this.logger.info('invited %s with %j', 'ada@example.com', { password: 'hunter2' });
    new NestLogger('Invites').warn('invited ada@example.com');
    throw new Error('no SMS to +491761234567');
  }

  @Get('metrics')
  metrics(): string {
    return 'ok';
  }
}

class OneToken extends AdminAccess {
  async authorize({ headers }: { headers: Readonly<Record<string, unknown>> }) {
    if (headers['authorization'] !== 'Bearer root') throw new Error('who are you');
    return { name: 'ada', role: 'operate' as const };
  }
}

@Global()
@Module({ providers: [{ provide: AdminAccess, useClass: OneToken }], exports: [AdminAccess] })
class Admins {}

forEachPlatform((platform) => {
  async function start() {
    @Module({
      imports: [
        Admins,
        LoggingModule.forRootAsync({
          admin: true,
          useFactory: () => ({ service: 'points-service', version: '1.2.3', destination, clock }),
        }),
      ],
      controllers: [Routes],
    })
    class App {}
    const running = await platform.create(App, { nest: { bufferLogs: true } });
    running.app.useLogger(running.app.get(Logger));
    return { ...running, level: running.app.get(LogLevel) };
  }

  it('redacts personal data in messages, errors, bindings of child loggers and lines of Nest', async () => {
    const { url, close } = await start();
    await fetch(`${url}/invites`, { method: 'POST' });
    await eventually(() => lines.some(({ msg }) => msg === 'POST /invites 500'));
    await close();
    const text = JSON.stringify(lines);
    for (const secret of ['+491761234567', 'ada@example.com', 'hunter2']) {
      expect(text).not.toContain(secret);
    }
    const messages = lines.map(({ msg }) => msg);
    expect(messages).toContain('invited [redacted] with {"password":[redacted]}');
    expect(messages).toContain('invited [redacted]');
    expect(lines.find(({ msg }) => msg === 'assigned')).toMatchObject({
      phone: '[redacted]',
      note: 'for [redacted]',
    });
    expect(lines.find(({ msg }) => msg === 'child')).toMatchObject({
      session: { cookie: '[redacted]' },
    });
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({
      err: { type: 'Error', message: 'no SMS to [redacted]' },
    });
  });

  it('adds time, service, version and the trace to each line', async () => {
    const { app, close } = await start();
    const logger = await app.resolve(PinoLogger);
    runInContext(
      {
        correlationId: 'order-7',
        merchantId: 'demo.myshopify.com',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      },
      () => logger.info('inside'),
    );
    await close();
    const inside = lines.find(({ msg }) => msg === 'inside');
    expect(inside).toMatchObject({
      level: 'info',
      service: 'points-service',
      version: '1.2.3',
      correlationId: 'order-7',
      merchant: 'demo.myshopify.com',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    });
    expect(new Date(inside!['time'] as string).toISOString()).toBe(inside!['time']);
    // The id is the caller's: this process has not created a span.
    expect(inside).not.toHaveProperty('spanId');
  });

  it.each([
    ['is not JSON', '{', 400],
    ['is too large', JSON.stringify({ text: 'x'.repeat(1_100_000) }), 413],
  ])('logs one line for a request whose body %s', async (_what, body, status) => {
    const { url, close } = await start();
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/invites?token=hunter2`, { method: 'POST', headers, body });
    const mine = () => lines.filter(({ path }) => path === '/invites');
    await eventually(() => mine().length > 0);
    await close();
    expect(mine()).toEqual([
      expect.objectContaining({
        level: 'info',
        msg: `POST /invites ${status}`,
        method: 'POST',
        status,
        durationMs: expect.any(Number),
      }),
    ]);
  });

  it('marks a request whose client disconnects as aborted', async () => {
    const { url, close } = await start();
    const client = new AbortController();
    const request = fetch(`${url}/slow`, { signal: client.signal });
    setImmediate(() => setTimeout(() => client.abort(), 50));
    await expect(request).rejects.toThrow();
    const line = await eventually(() => lines.find(({ path }) => path === '/slow') ?? false);
    await close();
    expect(line).toMatchObject({ aborted: true });
  });

  it('logs the start and the end of each run of a job', async () => {
    const { close } = await start();
    const run = { id: '7', name: 'points.calculate', attempt: 2 };
    runInContext({ correlationId: 'order-7' }, () => {
      diagnostics('loyalnest:queue:job-started').publish({ ...run, attempts: 5 });
      diagnostics('loyalnest:queue:job-finished').publish({
        ...run,
        outcome: 'failed',
        durationMs: 12.4,
        error: new Error('no SMS to +491761234567'),
      });
    });
    await close();
    expect(lines.filter(({ event }) => event === 'job')).toEqual([
      expect.objectContaining({
        msg: 'points.calculate starts',
        level: 'info',
        jobId: '7',
        attempt: 2,
        attempts: 5,
        correlationId: 'order-7',
      }),
      expect.objectContaining({
        msg: 'points.calculate failed and will be retried',
        level: 'warn',
        durationMs: 12,
        reason: 'no SMS to [redacted]',
      }),
    ]);
  });

  it('logs what policies decide with the event resilience', async () => {
    const { level, close } = await start();
    const policy = 'sms';
    const events = {
      'circuit-state': { from: 'closed', to: 'open' },
      'attempt-failed': { attempt: 1, delayMs: 99.6, error: new Error('down') },
      'retry-budget-exhausted': { refused: 'retry' },
      'call-rejected': { by: 'bulkhead', retryAfterMs: 10 },
      'result-not-counted': { reason: 'credentials' },
      fallback: { handler: 'sendEmail', error: new Error('down') },
      'hedge-started': { hedge: 1 },
      'stale-served': { ageMs: 10, error: new Error('down') },
      'fault-injected': { fault: 'latency' },
    };
    const publish = () => {
      lines.length = 0;
      for (const [kind, event] of Object.entries(events)) {
        diagnostics(`loyalnest:resilience:${kind}`).publish({ policy, ...event });
      }
      return lines.filter(({ event }) => event === 'resilience').map(({ kind }) => kind);
    };
    const atInfo = publish();
    level.set('debug');
    const atDebug = publish();
    level.set('info');
    await close();
    expect(atDebug).toEqual(Object.keys(events));
    // A line for each call to an overloaded dependency would be a flood.
    expect(atInfo).toEqual(
      Object.keys(events).filter(
        (kind) => !['call-rejected', 'result-not-counted', 'hedge-started'].includes(kind),
      ),
    );
  });

  it('logs no access line for probes and metrics', async () => {
    const { url, close } = await start();
    await fetch(`${url}/metrics`);
    await fetch(`${url}/nothing`);
    await eventually(() => lines.some(({ path }) => path === '/nothing'));
    await close();
    expect(lines.filter(({ path }) => path === '/metrics')).toEqual([]);
  });

  it('changes the level for a duration while it runs, and rejects unknown levels', async () => {
    const { app, level, close } = await start();
    const logger = await app.resolve(PinoLogger);
    logger.debug('before');
    level.set('debug', '10m');
    logger.debug('while');
    await clock.advance(600_000);
    logger.debug('after');
    expect(() => level.set('loud')).toThrow("LogLevel.level: got 'loud'; use one of trace, debug");
    await close();
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['while']));
    expect(lines.filter(({ msg }) => msg === 'before' || msg === 'after')).toEqual([]);
    expect(level.current).toBe('info');
  });

  it('lets an admin change the level, and logs who it was', async () => {
    const { url, close } = await start();
    const path = `${url}/debug/log-level`;
    const authorization = 'Bearer root';
    const refused = await fetch(`${path}/debug`, { method: 'POST' });
    const changed = await fetch(`${path}/debug?for=10m`, {
      method: 'POST',
      headers: { authorization },
    });
    const shown = await fetch(path, { headers: { authorization } });
    expect(refused.ok).toBe(false);
    expect(changed.status).toBe(200);
    expect(await shown.json()).toEqual({ level: 'debug' });
    await clock.advance(600_000);
    const back = await fetch(path, { headers: { authorization } });
    expect(await back.json()).toEqual({ level: 'info' });
    await close();
    expect(lines.find(({ event }) => event === 'audit')).toMatchObject({
      command: 'log-level',
      by: 'ada',
      from: 'info',
      to: 'debug',
      for: '10m',
    });
  });

  it('flushes the destination when the application closes', async () => {
    const { close } = await start();
    flushed = 0;
    await close();
    expect(flushed).toBe(1);
  });
});

it('does not boot with an admin endpoint but without AdminAccess', async () => {
  @Module({ imports: [LoggingModule.forRoot({ service: 'shop', admin: true, destination })] })
  class App {}
  const { NestFactory } = await import('@nestjs/core');
  await expect(NestFactory.create(App, { logger: false, abortOnError: false })).rejects.toThrow(
    'LoggingModule.admin: got true; provide AdminAccess',
  );
});
