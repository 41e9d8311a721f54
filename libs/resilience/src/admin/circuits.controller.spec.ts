import { AdminAccess, AdminAccessError, type AdminRole } from '@loyalnest/core';
import { forEachPlatform } from '@loyalnest/testing';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CircuitBreakerService,
  operatorCommanded,
  ResilienceModule,
  type OperatorCommanded,
} from '../index.js';

/** Takes the `authorization` header for the name; only `viewer` lacks the other roles. */
class TestAccess extends AdminAccess {
  async authorize(
    { headers }: { headers: Readonly<Record<string, string | string[] | undefined>> },
    role: AdminRole,
  ) {
    const given = headers['authorization'];
    if (given === undefined) throw new AdminAccessError('unauthenticated', role);
    if (given === 'viewer' && role !== 'view') throw new AdminAccessError('forbidden', role);
    return { name: String(given), role };
  }
}

@Module({ providers: [{ provide: AdminAccess, useClass: TestAccess }], exports: [AdminAccess] })
class AccessModule {}

@Module({
  imports: [
    ResilienceModule.forRootAsync({
      imports: [AccessModule],
      admin: true,
      useFactory: () => ({ environment: {} }),
    }),
  ],
})
class App {}

forEachPlatform((platform) => {
  async function start() {
    const running = await platform.create(App);
    const circuits = running.app.get(CircuitBreakerService);
    await circuits.execute('sms', async () => 'sent');
    const ask = async (method: string, path: string, who?: string) => {
      const answer = await fetch(`${running.url}/debug/circuits${path}`, {
        method,
        headers: who === undefined ? {} : { authorization: who },
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    return { ...running, circuits, ask };
  }

  it('shows the circuits and their pipelines to a viewer', async () => {
    const { ask, close } = await start();
    const { status, body } = await ask('GET', '', 'viewer');
    expect(status).toBe(200);
    expect(body['circuits']).toEqual([
      expect.objectContaining({ name: 'sms', state: 'closed', calls: 1, failures: 0 }),
    ]);
    expect(JSON.stringify(body['pipelines'])).toContain('timeout: 10000 ms');
    await close();
  });

  it('opens, closes and resets a circuit for an operator and records who it was', async () => {
    const { ask, circuits, close } = await start();
    const commands: OperatorCommanded[] = [];
    const end = operatorCommanded.subscribe((command) => commands.push(command));
    for (const [command, state] of [
      ['open', 'forced-open'],
      ['close', 'forced-closed'],
      ['reset', 'closed'],
    ]) {
      expect(await ask('POST', `/sms/${command}`, 'ada')).toMatchObject({
        status: 200,
        body: { name: 'sms', state, applied: true, broadcast: 'off' },
      });
      expect(circuits.getState('sms').state).toBe(state);
    }
    expect(commands.map(({ command, by }) => [command, by])).toEqual([
      ['force-open', 'ada'],
      ['force-closed', 'ada'],
      ['close', 'ada'],
    ]);
    end();
    await close();
  });

  it('refuses requests without credentials or the role, and changes nothing', async () => {
    const { ask, circuits, close } = await start();
    expect((await ask('GET', '')).status).toBeGreaterThanOrEqual(400);
    expect((await ask('POST', '/sms/open', 'viewer')).status).toBeGreaterThanOrEqual(400);
    expect(circuits.getState('sms').state).toBe('closed');
    await close();
  });

  it('refuses a command for an unknown circuit', async () => {
    const { ask, close } = await start();
    expect((await ask('POST', '/none/open', 'ada')).status).toBeGreaterThanOrEqual(400);
    await close();
  });
});

it('refuses to boot without an AdminAccess', async () => {
  @Module({ imports: [ResilienceModule.forRoot({ admin: true })] })
  class Unguarded {}
  await expect(
    NestFactory.create(Unguarded, { logger: false, abortOnError: false }).then((app) => app.init()),
  ).rejects.toThrow('ResilienceModule.admin: got true; provide AdminAccess');
});

it('mounts nothing unless admin is true', async () => {
  @Module({ imports: [ResilienceModule.forRoot({})] })
  class Plain {}
  const app = await NestFactory.create(Plain, { logger: false });
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(`${await app.getUrl()}/debug/circuits`);
  expect(answer.status).toBe(404);
  await app.close();
});
