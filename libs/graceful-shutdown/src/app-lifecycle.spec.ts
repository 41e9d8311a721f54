import { DRAIN_PHASES } from '@loyalnest/core/toolkit';
import { eventually, forEachPlatform } from '@loyalnest/testing';
import type { Provider } from '@nestjs/common';
import { Recorder } from '../test/recording-app.js';
import { ShutdownFixture } from '../test/shutdown-fixture.js';
import { GracefulShutdown } from './index.js';

/** A provider whose boot takes until `ready`. */
function slowStart(ready: Promise<void>): Provider {
  return { provide: 'slow', useValue: { onModuleInit: () => ready } };
}

forEachPlatform((platform) => {
  let fixture: ShutdownFixture;

  beforeEach(() => {
    fixture = new ShutdownFixture(platform);
  });
  afterEach(() => fixture.close());

  it('waits for a boot that has begun, then closes everything', async () => {
    const module = fixture.module({ propagationDelay: '5s' });
    let recorder: Recorder | undefined;
    let finishBoot!: () => void;
    const start = new Promise<void>((resolve) => (finishBoot = resolve));
    const starting = platform.create(
      { ...module, providers: [...module.providers!, slowStart(start)] },
      {
        nest: { logger: fixture.log },
        configure: (app) => {
          app.get(GracefulShutdown).attach(app);
          recorder = app.get(Recorder);
          setImmediate(() => fixture.control.send('SIGTERM'));
        },
      },
    );
    await eventually(() => recorder?.seen.length === 1);
    expect(recorder!.seen).toEqual(['draining']);
    await fixture.clock.advance(1_000);
    finishBoot();
    fixture.running = await starting;
    await fixture.clock.advance(100);
    await fixture.ended();
    expect(recorder!.seen).toEqual(['draining', ...DRAIN_PHASES.toSpliced(2, 0, 'hooks' as never)]);
    expect(fixture.control.exits).toEqual([0]);
    // It did not wait for the removal of an endpoint that never existed.
    expect(fixture.clock.monotonic()).toBe(1_100);
  });

  it('reports a boot that does not end as stuck', async () => {
    const module = fixture.module();
    let finishBoot!: () => void;
    const start = new Promise<void>((resolve) => (finishBoot = resolve));
    const starting = platform.create(
      { ...module, providers: [...module.providers!, slowStart(start)] },
      {
        nest: { logger: fixture.log },
        configure: (app) => {
          app.get(GracefulShutdown).attach(app);
          fixture.running = { app, url: '', close: async () => undefined };
          setImmediate(() => fixture.control.send('SIGTERM'));
        },
      },
    );
    await eventually(() => fixture.log.lines.some((line) => line.includes('shutting down')));
    await fixture.clock.advance(15_000);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([1]);
    expect(fixture.log.lines.join('\n')).toContain('boot: not done after 5000 ms: app.init()');
    // The fake process has not exited, so the boot continues with closed resources and may fail.
    starting.catch(() => undefined);
    finishBoot();
  });
});
