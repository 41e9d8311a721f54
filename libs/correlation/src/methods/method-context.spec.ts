import { currentContext, runInContext } from '@loyalnest/core';
import { eventually } from '@loyalnest/testing';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Cron, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import { CorrelationModule, runWithContext } from '../index.js';

const ids = new Map<string, (string | undefined)[]>();
const idsOf = (name: string): (string | undefined)[] => {
  if (!ids.has(name)) ids.set(name, []);
  return ids.get(name)!;
};
const note = (name: string): void => void idsOf(name).push(currentContext()?.correlationId);

class Base {
  @Interval(5)
  inherited(): void {
    note('inherited');
  }
}

@Injectable()
class Nightly extends Base {
  private readonly own = 'cron';

  @Cron('0 0 1 1 *', { name: 'yearly' })
  async yearly(): Promise<void> {
    note(this.own);
    await new Promise((resolve) => setImmediate(resolve));
    note(this.own);
  }

  @Interval(5)
  interval(): void {
    note('interval');
  }

  @Timeout(5)
  timeout(): void {
    note('timeout');
  }
}

class MadeByFactory {
  @OnEvent('paid')
  paid(): void {
    note('factory');
  }
}

@Injectable()
class Mailer {
  @OnEvent('paid', { async: true })
  @OnEvent('refunded')
  async paid(orderId: string): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    note(`mail ${orderId}`);
  }

  notAnEntryPoint(): void {}
}

@Module({
  imports: [ScheduleModule.forRoot(), EventEmitterModule.forRoot(), CorrelationModule.forRoot({})],
  providers: [
    Nightly,
    Mailer,
    { provide: 'made', useFactory: () => new MadeByFactory() },
    { provide: 'value', useValue: 7 },
  ],
})
class App {}

const UUID = /^[0-9a-f-]{36}$/;
let app: INestApplicationContext;
const notAnEntryPoint = Mailer.prototype.notAnEntryPoint;

beforeAll(async () => {
  app = await runInContext({ correlationId: 'boot' }, () =>
    NestFactory.createApplicationContext(App, { logger: false, abortOnError: false }),
  );
});
afterAll(() => app.close());
beforeEach(() => ids.clear());

it.each(['interval', 'inherited'])('gives each run of the method %s a new id', async (name) => {
  await eventually(() => idsOf(name).length >= 3);
  const seen = idsOf(name).slice(0, 3);
  for (const id of seen) expect(id).toMatch(UUID);
  expect(new Set(seen).size).toBe(3);
});

it('keeps one id through a @Cron run and does not inherit that of its timer', async () => {
  const job = app.get(SchedulerRegistry).getCronJob('yearly');
  await runInContext({ correlationId: 'an-operator' }, async () => job.fireOnTick());
  await eventually(() => idsOf('cron').length === 2);
  const [first, second] = idsOf('cron');
  expect(first).toMatch(UUID);
  expect(second).toBe(first);
});

it('gives an event listener the context of the emitter', async () => {
  const emitter = app.get(EventEmitter2);
  runInContext({ correlationId: 'order-7' }, () => emitter.emit('paid', '7'));
  await runInContext({ correlationId: 'order-8' }, () => emitter.emitAsync('refunded', '8'));
  await eventually(() => idsOf('mail 7').length === 1);
  expect(idsOf('mail 7')).toEqual(['order-7']);
  expect(idsOf('mail 8')).toEqual(['order-8']);
  expect(idsOf('factory')).toEqual(['order-7']);
});

it('gives an event listener a new context if the emitter has none', async () => {
  await app.get(EventEmitter2).emitAsync('refunded', '9');
  expect(idsOf('mail 9')).toEqual([expect.stringMatching(UUID)]);
  await app.get(EventEmitter2).emitAsync('paid', '10');
  expect(idsOf('factory')).toEqual([expect.stringMatching(UUID)]);
});

it('leaves other methods unchanged and binds each method once for all applications', async () => {
  expect(Mailer.prototype.notAnEntryPoint).toBe(notAnEntryPoint);
  const bound = Object.getOwnPropertyDescriptor(Nightly.prototype, 'yearly')?.value as () => void;
  expect(bound.name).toBe('yearly');
  const second = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  expect(Object.getOwnPropertyDescriptor(Nightly.prototype, 'yearly')?.value).toBe(bound);
  await second.close();
});

it('runs a script in a context that inherits nothing', () => {
  const inner = runInContext({ correlationId: 'outer', merchantId: 'acme' }, () =>
    runWithContext({ userId: 'ada' }, () => currentContext()),
  );
  expect(inner).toEqual({ correlationId: expect.stringMatching(UUID), userId: 'ada' });
  expect(runWithContext({ correlationId: 'import-7' }, () => currentContext())).toEqual({
    correlationId: 'import-7',
  });
});
