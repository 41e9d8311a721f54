import { eventually, forEachPlatform } from '@loyalnest/testing';
import { NestFactory } from '@nestjs/core';
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

  it('exits immediately on a second signal, but not if one signal is delivered twice', async () => {
    await fixture.boot();
    fixture.recorder.hanging = 'drain';
    fixture.control.send('SIGINT');
    fixture.control.send('SIGINT');
    expect(fixture.control.exits).toEqual([]);
    await fixture.clock.advance(30);
    fixture.control.send('SIGINT');
    expect(fixture.control.exits).toEqual([130]);
    fixture.control.send('SIGTERM');
    expect(fixture.control.exits).toEqual([130, 143]);
    await fixture.clock.advance(20_000);
  });

  it.each(['uncaughtException', 'unhandledRejection'] as const)(
    'exits with 1 within seconds after an %s, and immediately after another',
    async (event) => {
      await fixture.boot({ propagationDelay: '5s' });
      fixture.recorder.hanging = 'drain';
      fixture.control.send(event, new Error('boom'));
      expect(fixture.log.lines).toContainEqual(
        expect.stringMatching(new RegExp(`^${event}: the process will exit: Error: .+\\n +at `)),
      );
      expect(fixture.recorder.seen).toEqual(['draining', 'stop-intake']);
      await fixture.clock.advance(2_999);
      expect(fixture.control.exits).toEqual([]);
      fixture.control.send(event, undefined);
      expect(fixture.control.exits).toEqual([1]);
      await fixture.clock.advance(1);
      await eventually(() => fixture.control.exits.length === 2);
    },
  );

  it('exits with 1 after an unhandled rejection, even if everything drains', async () => {
    await fixture.boot();
    fixture.control.send('unhandledRejection', 'boom');
    await fixture.ended();
    expect(fixture.recorder.seen.at(-1)).toBe('flush');
    expect(fixture.control.exits).toEqual([1]);
  });

  it('exits with 1 after an exception during a shutdown', async () => {
    await fixture.boot({ propagationDelay: '5s' });
    fixture.control.send('SIGTERM');
    fixture.control.send('uncaughtException', new Error('boom'));
    await fixture.clock.advance(5_000);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([1]);
  });
});

it('exits on a signal before it is attached if the process is PID 1', async () => {
  const control = new FakeProcess(true);
  const app = await NestFactory.createApplicationContext(recordingApp({ process: control }), {
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
