import { forEachPlatform } from '@loyalnest/testing';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { FakeProcess } from '../../test/fake-process.js';
import { recordingApp } from '../../test/recording-app.js';
import { ShutdownFixture } from '../../test/shutdown-fixture.js';
import { GracefulShutdown } from '../index.js';

forEachPlatform((platform) => {
  let fixture: ShutdownFixture;

  beforeEach(() => {
    fixture = new ShutdownFixture(platform);
  });
  afterEach(() => fixture.close());

  it.each([{ forceCloseConnections: true }, { return503OnClosing: true }])(
    'refuses %j',
    async (nest) => {
      await expect(fixture.boot({}, nest)).rejects.toThrow(/(force|503).*: got true; remove it/);
      await fixture.boot();
    },
  );

  it("refuses Nest's own shutdown hooks, enabled before or after attach", async () => {
    const module = fixture.module();
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
    await fixture.boot();
  });
});

it("refuses Fastify's own forceCloseConnections", async () => {
  const adapter = new FastifyAdapter({ forceCloseConnections: true });
  const app = await NestFactory.create(recordingApp({ process: new FakeProcess() }), adapter, {
    logger: false,
  });
  expect(() => app.get(GracefulShutdown).attach(app)).toThrow('forceCloseConnections: got true');
  await app.close();
});
