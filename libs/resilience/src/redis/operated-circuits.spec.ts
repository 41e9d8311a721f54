import { AdminAccess, type AdminRole } from '@loyalnest/core';
import { eventually, PLATFORMS, RedisServer, type RunningApp } from '@loyalnest/testing';
import { Module, type Type } from '@nestjs/common';
import {
  CircuitBreakerService,
  ResilienceModule,
  ResilienceRegistry,
  ResilienceService,
  type ResilienceEvent,
} from '../index.js';
import { CircuitBroadcast, CircuitBroadcastModule } from './index.js';

class Everybody extends AdminAccess {
  async authorize(_request: unknown, role: AdminRole) {
    return { name: 'ada', role };
  }
}

@Module({ providers: [{ provide: AdminAccess, useClass: Everybody }], exports: [AdminAccess] })
class AccessModule {}

/** An instance of a service that operators control over HTTP. */
async function start(instance: string, url: string | undefined) {
  @Module({
    imports: [
      ResilienceModule.forRootAsync({
        imports: [AccessModule],
        admin: true,
        useFactory: () => ({ environment: {} }),
      }),
      ...(url === undefined ? [] : [CircuitBroadcastModule.forRoot({ url, instance })]),
    ],
  })
  class App {}
  const running: RunningApp = await PLATFORMS[0]!.create(App as Type);
  apps.push(running);
  const events: ResilienceEvent[] = [];
  const { app } = running;
  app.get(ResilienceService).events$.subscribe((event) => events.push(event));
  const call = (name: string) => app.get(CircuitBreakerService).execute(name, async () => 'sent');
  await call('sms');
  return {
    app,
    call,
    commands: () =>
      events.flatMap((event) =>
        event.type === 'operator-command' && event.policy !== 'nothing' ? [event] : [],
      ),
    stateOf: (name: string) => app.get(ResilienceRegistry).get(name)?.state,
    post: async (path: string) => {
      const answer = await fetch(`${running.url}/debug/circuits/${path}`, { method: 'POST' });
      return { status: answer.status, body: (await answer.json()) as object };
    },
  };
}

let redis: RedisServer;
let apps: RunningApp[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  apps = [];
});
afterAll(() => redis.stop());

/** Two connected instances. */
async function pair() {
  const [one, two] = await Promise.all([
    start('points-1', redis.url),
    start('points-2', redis.url),
  ]);
  for (const { app } of [one, two]) {
    const broadcast = app.get(CircuitBroadcast);
    await eventually(async () =>
      expect(
        await broadcast.command({ policy: 'nothing', command: 'release', by: 'spec' }),
      ).toMatchObject({ reached: 1 }),
    );
  }
  return [one, two] as const;
}

it.each([
  ['open', 'force-open', 'forced-open'],
  ['close', 'force-closed', 'forced-closed'],
  ['reset', 'close', 'closed'],
])('POST %s sends the command %s to all instances', async (path, command, state) => {
  const [one, two] = await pair();
  if (path === 'reset') {
    await one.post('sms/open');
    await eventually(() => expect(two.stateOf('sms')).toBe('forced-open'));
  }
  expect(await one.post(`sms/${path}`)).toMatchObject({
    status: 200,
    body: { name: 'sms', state, applied: true, broadcast: 'sent', reached: 1 },
  });
  expect(one.stateOf('sms')).toBe(state);
  await eventually(() => expect(two.stateOf('sms')).toBe(state));
  const given = { policy: 'sms', command, by: 'ada', instance: 'points-1', applied: true };
  for (const instance of [one, two]) {
    const { app } = instance.app.get(ResilienceRegistry);
    expect(instance.commands().at(-1)).toEqual({ type: 'operator-command', app, ...given });
  }
});

it('a command for a circuit of another instance is applied there, and the response says so', async () => {
  const [one, two] = await pair();
  await two.call('email');
  expect(await one.post('email/open')).toEqual({
    status: 200,
    body: { applied: false, broadcast: 'sent', reached: 1 },
  });
  await eventually(() => expect(two.stateOf('email')).toBe('forced-open'));
});

it('without CircuitBroadcastModule a command applies to this instance, and the response says so', async () => {
  const one = await start('alone', undefined);
  expect(await one.post('sms/open')).toMatchObject({
    status: 200,
    body: { state: 'forced-open', applied: true, broadcast: 'off' },
  });
});

it('while Redis is unavailable a command applies here at once, and the response says that the others missed it', async () => {
  const [one, two] = await pair();
  await redis.kill();
  const began = performance.now();
  expect(await one.post('sms/open')).toMatchObject({
    status: 200,
    body: { state: 'forced-open', applied: true, broadcast: 'failed' },
  });
  expect(performance.now() - began).toBeLessThan(900);
  expect(one.stateOf('sms')).toBe('forced-open');
  expect(two.stateOf('sms')).toBe('closed');
  expect((await one.post('email/open')).status).toBeGreaterThanOrEqual(400);
  await redis.restart();
});
