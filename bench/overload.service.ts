// `points` works 2 ms per request, `gateway` forwards to it. Both have all defaults. overload.ts starts
// them: overload.service.ts <role> <log file> <shed|serve-all|few> [URL of points]
import { GracefulShutdown } from '@loyalnest/graceful-shutdown';
import { HttpClient, type HttpResponse } from '@loyalnest/http';
import { CircuitBreaker, circuitStateChanged, Retry, Timeout } from '@loyalnest/resilience';
import { Controller, Get, Injectable, Module, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { defaultModules } from './defaults.modules.ts';

const [role = '', logFile = '', mode = '', pointsUrl = ''] = process.argv.slice(2);
const WORK_MS = 2;
const WAIT_MS = 200;

const held: (() => void)[] = [];

/** Work of a fixed size, so that it costs the same processor time however busy the machine is. */
function work(rounds: number): string {
  let digest = 'points';
  for (let round = 0; round < rounds; round++) {
    digest = createHash('sha256').update(digest).digest('base64');
  }
  return digest;
}

/** How many rounds take {@link WORK_MS} of processor time. The fastest of several tries counts. */
function calibrate(): number {
  const tries = Array.from({ length: 10 }, () => {
    const before = process.cpuUsage();
    work(10_000);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.max(1, Math.round((10_000 * WORK_MS * 1_000) / Math.min(...tries)));
}

const rounds = role === 'points' ? calibrate() : 0;

interface Reply {
  header(name: string, value: string): Reply;
  status(code: number): Reply;
  send(body: unknown): void;
}

class WorkController {
  work(): { readonly done: string } {
    return { done: work(rounds) };
  }

  /** Costs next to nothing itself. */
  quick(): { readonly done: string } {
    return { done: 'quick' };
  }

  /** Waits for a dependency, as most handlers do. */
  async wait(): Promise<{ readonly done: string }> {
    await setTimeout(WAIT_MS);
    return { done: 'waited' };
  }

  /** Takes a place until it is released. */
  hold(): Promise<object> {
    return new Promise((resolve) => held.push(() => resolve({})));
  }
}

class PointsClient {
  private readonly http: HttpClient;

  constructor(http: HttpClient) {
    this.http = http;
  }

  work(): Promise<HttpResponse> {
    return this.http.request({ url: `${pointsUrl}/work`, isError: (status) => status >= 500 });
  }
}

class ForwardController {
  private readonly points: PointsClient;

  constructor(points: PointsClient) {
    this.points = points;
  }

  async work(reply: Reply): Promise<void> {
    const answer = await this.points.work();
    reply.status(answer.status).header('content-type', 'application/json').send(answer.body);
  }
}

class AppModule {}

// Node only strips types from this file and does not support decorators.
function decorate(
  prototype: object,
  name: string,
  ...decorators: readonly MethodDecorator[]
): void {
  for (const decorator of decorators) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
    Object.defineProperty(prototype, name, decorator(prototype, name, descriptor) ?? descriptor);
  }
}

Controller()(WorkController);
for (const path of ['work', 'quick', 'wait', 'hold'] as const) {
  decorate(WorkController.prototype, path, Get(path));
}
Injectable()(PointsClient);
Reflect.defineMetadata('design:paramtypes', [HttpClient], PointsClient);
// The policies of the gateway's own client.
decorate(
  PointsClient.prototype,
  'work',
  Timeout('800ms') as MethodDecorator,
  Retry({ attempts: 2, backoff: { initial: '50ms', max: '200ms' } }) as MethodDecorator,
  CircuitBreaker({ name: 'points', minimumCalls: 20, openFor: '5s' }) as MethodDecorator,
);
Controller()(ForwardController);
Reflect.defineMetadata('design:paramtypes', [PointsClient], ForwardController);
Res()(ForwardController.prototype, 'work', 0);
decorate(ForwardController.prototype, 'work', Get('work'));

Module({
  imports: defaultModules({
    service: role,
    logFile,
    requestTimeout: mode === 'few' ? '1m' : '1s',
    sheds: mode !== 'serve-all',
    ...(mode === 'few' && { limit: 20 }),
  }),
  controllers: [role === 'points' ? WorkController : ForwardController],
  providers: role === 'points' ? [] : [PointsClient],
})(AppModule);

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
  logger: false,
});
app.get(GracefulShutdown).attach(app);
await app.listen(0, '127.0.0.1');

let opened = 0;
circuitStateChanged.subscribe(({ to }) => {
  if (to === 'open') opened++;
});
process.on('message', (question: 'cpu' | 'opened' | 'held' | 'release') => {
  if (question === 'held') process.send!(held.length);
  else if (question === 'release') {
    for (const release of held.splice(0)) release();
    process.send!(true);
  } else process.send!(question === 'cpu' ? process.cpuUsage() : opened);
});
process.on('disconnect', () => process.exit());
process.send!(await app.getUrl());
