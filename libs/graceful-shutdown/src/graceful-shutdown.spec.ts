import { OBSERVE_METRICS } from '@loyalnest/core';
import { isMetricSource } from '@loyalnest/core/toolkit';
import { eventually, forEachPlatform } from '@loyalnest/testing';
import { NestFactory } from '@nestjs/core';
import { FakeProcess } from '../test/fake-process.js';
import { held, recordingApp } from '../test/recording-app.js';
import { ShutdownFixture } from '../test/shutdown-fixture.js';
import { GracefulShutdown, shutdownBegan } from './index.js';

forEachPlatform((platform) => {
  let fixture: ShutdownFixture;

  beforeEach(() => {
    fixture = new ShutdownFixture(platform);
  });
  afterEach(() => fixture.close());

  it('stops intake and turns unready in the tick of the signal, and closes nothing yet', async () => {
    await fixture.boot({ propagationDelay: '5s' });
    expect(fixture.shutdown.isDraining).toBe(false);
    expect(fixture.shutdown.drainSignal.aborted).toBe(false);
    const began = jest.fn();
    const end = shutdownBegan.subscribe(began);
    fixture.control.send('SIGTERM');
    expect(fixture.recorder.seen).toEqual(['draining', 'stop-intake']);
    expect(fixture.shutdown.isDraining).toBe(true);
    expect(fixture.shutdown.drainSignal.reason).toMatchObject({
      code: 'DRAINING',
      shutdownCause: 'SIGTERM',
    });
    expect(began).toHaveBeenCalledWith({ cause: 'SIGTERM', running: [] });
    end();
    await fixture.clock.advance(4_999);
    expect(fixture.recorder.seen).toEqual(['draining', 'stop-intake', 'drain']);
    expect(await fixture.get('/fast')).toEqual([200, 'close']);
    await fixture.clock.advance(1);
    await fixture.ended();
  });

  it('measures whether it is draining and how many requests it would wait for', async () => {
    await fixture.boot({ propagationDelay: '5s' });
    const values = () =>
      Object.fromEntries(
        fixture.shutdown[OBSERVE_METRICS]().map(({ name, value }) => [name, value]),
      );
    const call = fixture.get('/hold');
    await eventually(() => held.length === 1);
    expect(isMetricSource(fixture.shutdown)).toBe(true);
    expect(values()).toEqual({
      loyalnest_graceful_shutdown_draining: 0,
      loyalnest_graceful_shutdown_running_requests: 1,
    });
    fixture.control.send('SIGTERM');
    expect(values()).toMatchObject({ loyalnest_graceful_shutdown_draining: 1 });
    held.splice(0)[0]!();
    await call;
    await fixture.clock.advance(5_000);
    await fixture.ended();
  });

  it('removes its handlers when the application is closed by its own code', async () => {
    await fixture.boot();
    expect(fixture.control.events).toHaveLength(4);
    await fixture.running.close();
    expect(fixture.control.events).toEqual([]);
  });

  it('warns if the module is imported but never attached', async () => {
    const module = fixture.module();
    fixture.running = await platform.create(module, { nest: { logger: fixture.log } });
    expect(fixture.log.lines.join('\n')).toContain('call app.get(GracefulShutdown).attach(app)');
    expect(fixture.control.events).toEqual([]);
  });
});

it('shuts down an application without HTTP', async () => {
  const control = new FakeProcess();
  const app = await NestFactory.createApplicationContext(recordingApp({ process: control }), {
    logger: false,
  });
  app.get(GracefulShutdown).attach(app);
  control.send('SIGTERM');
  await eventually(() => control.exits.length > 0);
  expect(control.exits).toEqual([0]);
});
