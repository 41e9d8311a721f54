import { diagnostics, runInContext } from '@loyalnest/core';
import { eventually, forEachPlatform } from '@loyalnest/testing';
import { Controller, Get, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Logger, LoggingModule, MetricsModule, PinoLogger } from './index.js';

type Line = Record<string, unknown> & { readonly msg: string };

// nestjs-pino keeps one root logger per process: the one of the first application.
const lines: Line[] = [];
const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };
beforeEach(() => {
  lines.length = 0;
});

@Controller()
class Routes {
  constructor(private readonly logger: PinoLogger) {}

  @Get('orders')
  orders(): string {
    runInContext({ correlationId: 'order-7', merchantId: 'shop', attempt: 2 }, () =>
      this.logger.info({ phone: '+4917612345', nested: { authorization: 'Bearer abc' } }, 'inside'),
    );
    return 'ok';
  }

  @Get('health/ready')
  ready(): string {
    return 'ok';
  }
}

forEachPlatform((platform) => {
  async function start() {
    @Module({
      imports: [
        LoggingModule.forRoot({ service: 'points-service', version: '1.2.3', destination }),
        MetricsModule.forRoot({ service: 'points-service' }),
      ],
      controllers: [Routes],
    })
    class App {}
    const running = await platform.create(App, { nest: { bufferLogs: true } });
    running.app.useLogger(running.app.get(Logger));
    return running;
  }

  it('logs one JSON line with service and request context for each request', async () => {
    const { url, close } = await start();
    await fetch(`${url}/orders?email=ada@example.com`, {
      headers: { authorization: 'Bearer abc' },
    });
    const access = await eventually(
      () => lines.find(({ msg }) => msg === 'GET /orders 200') ?? false,
    );
    await close();
    const inside = lines.find(({ msg }) => msg === 'inside');
    expect(inside).toMatchObject({
      level: 'info',
      service: 'points-service',
      version: '1.2.3',
      correlationId: 'order-7',
      merchant: 'shop',
      attempt: 2,
    });
    expect(access).toMatchObject({
      method: 'GET',
      path: '/orders',
      status: 200,
    });
  });

  it('never writes secrets, headers or query strings', async () => {
    const { url, close } = await start();
    await fetch(`${url}/orders?email=ada@example.com`, {
      headers: { authorization: 'Bearer abc', cookie: 'session=abc' },
    });
    await close();
    const text = JSON.stringify(lines);
    for (const secret of ['+4917612345', 'Bearer abc', 'session=abc', 'ada@example.com']) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('[redacted]');
  });

  it('logs nothing for probes', async () => {
    const { url, close } = await start();
    await fetch(`${url}/health/ready`);
    await fetch(`${url}/metrics`);
    await close();
    expect(lines.filter(({ msg }) => msg.includes('/health') || msg.includes('/metrics'))).toEqual(
      [],
    );
  });

  it('logs the end of each job in its context, and each state change of a circuit', async () => {
    const { close } = await start();
    diagnostics('loyalnest:queue:job-finished').publish({
      id: '7',
      name: 'points.calculate',
      attempt: 1,
      outcome: 'dead',
      durationMs: 12.4,
      context: { correlationId: 'order-7' },
      error: new Error('ledger is closed'),
    });
    diagnostics('loyalnest:resilience:circuit-state').publish({
      policy: 'sms',
      from: 'closed',
      to: 'open',
    });
    await close();
    expect(lines).toContainEqual(
      expect.objectContaining({
        event: 'job',
        level: 'error',
        job: 'points.calculate',
        outcome: 'dead',
        durationMs: 12,
        reason: 'ledger is closed',
        correlationId: 'order-7',
      }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ event: 'resilience', policy: 'sms', to: 'open' }),
    );
  });

  it('ignores events that name another application in the process', async () => {
    const [one, two] = [await start(), await start()];
    const app = one.app.get(ModulesContainer).applicationId;
    const policy = `sms-${app}`;
    diagnostics('loyalnest:resilience:circuit-state').publish({ app, policy, to: 'open' });
    const command = { app, policy, command: 'close', by: 'ada', instance: 'points-1' };
    diagnostics('loyalnest:resilience:operator-command').publish({ ...command, applied: true });
    const metrics = await (await fetch(`${one.url}/metrics`)).text();
    await Promise.all([one.close(), two.close()]);
    expect(lines.filter((line) => line['policy'] === policy)).toEqual([
      expect.objectContaining({ event: 'resilience', to: 'open' }),
      expect.objectContaining({ event: 'audit', instance: 'points-1', applied: true }),
    ]);
    expect(metrics).toMatch(
      new RegExp(`loyalnest_circuit_transitions_total\\{.*policy="${policy}".*\\} 1\\n`),
    );
  });

  it('counts jobs and circuits for Prometheus', async () => {
    const { url, close } = await start();
    diagnostics('loyalnest:queue:job-finished').publish({
      id: '7',
      name: 'points.calculate',
      attempt: 1,
      outcome: 'completed',
      durationMs: 20,
    });
    const answer = await fetch(`${url}/metrics`);
    const text = await answer.text();
    await close();
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(
      /loyalnest_job_duration_seconds_count\{.*job_name="points\.calculate".*outcome="completed".*\} \d/,
    );
    expect(text).toContain('process_resident_memory_bytes');
  });
});
