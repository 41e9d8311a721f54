import { eventually, forEachPlatform } from '@loyalnest/testing';
import { ShutdownFixture } from '../test/shutdown-fixture.js';
import { shutdownEnded } from './index.js';

forEachPlatform((platform) => {
  let fixture: ShutdownFixture;

  beforeEach(() => {
    fixture = new ShutdownFixture(platform);
  });
  afterEach(() => fixture.close());

  it('runs the steps phase by phase, with Nest hooks before anything is closed', async () => {
    await fixture.boot();
    fixture.control.send('SIGINT');
    await fixture.ended();
    expect(fixture.recorder.seen).toEqual([
      'draining',
      'stop-intake',
      'drain',
      'hooks',
      'close-queues',
      'close-databases',
      'close-connections',
      'flush',
    ]);
    expect(fixture.control.exits).toEqual([0]);
    expect(fixture.phases.map(({ phase, stuck }) => [phase, stuck.length])).toEqual([
      ['stop-intake', 0],
      expect.anything(),
      expect.anything(),
      ['hooks', 0],
      ['close-queues', 0],
      ['close-databases', 0],
      ['close-connections', 0],
      ['flush', 0],
    ]);
  });

  it('drains when intake has stopped, or after a second', async () => {
    await fixture.boot();
    fixture.recorder.hanging = 'stop-intake';
    fixture.control.send('SIGTERM');
    await fixture.clock.advance(999);
    expect(fixture.recorder.seen).not.toContain('drain');
    await fixture.clock.advance(1);
    expect(fixture.recorder.seen).toContain('drain');
    await fixture.ended();
    expect(fixture.control.exits).toEqual([1]);
  });

  it('continues after a hanging step, reports its pending work and exits with 1', async () => {
    await fixture.boot();
    fixture.recorder.hanging = 'drain';
    const event = jest.fn();
    const end = shutdownEnded.subscribe(event);
    fixture.control.send('SIGTERM');
    await fixture.clock.advance(19_000);
    expect(fixture.recorder.seen.at(-1)).toBe('drain notice');
    await fixture.clock.advance(1_000);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([1]);
    expect(fixture.recorder.seen.at(-1)).toBe('flush');
    expect(fixture.log.lines).toContain(
      'drain: not done after 20000 ms: recorder drain (job-1, job-2)',
    );
    const stuck = ['drain: recorder drain (job-1, job-2)'];
    expect(event).toHaveBeenCalledWith({
      cause: 'SIGTERM',
      durationMs: 20_000,
      exitCode: 1,
      stuck,
    });
    end();
  });

  it('leaves later phases their time when one hangs', async () => {
    await fixture.boot({ close: '3s' });
    fixture.recorder.hanging = 'close-queues';
    fixture.control.send('SIGTERM');
    await eventually(() => fixture.recorder.seen.includes('close-queues'));
    await fixture.clock.advance(1_000);
    await fixture.ended();
    expect(fixture.recorder.seen.slice(-3)).toEqual([
      'close-databases',
      'close-connections',
      'flush',
    ]);
    expect(fixture.control.exits).toEqual([1]);
  });

  it('does not wait for Nest hooks that hang', async () => {
    await fixture.boot();
    fixture.recorder.hooksHang = true;
    fixture.control.send('SIGTERM');
    await eventually(() => fixture.recorder.seen.includes('hooks'));
    await fixture.clock.advance(4_000);
    await fixture.ended();
    expect(fixture.control.exits).toEqual([1]);
    expect(fixture.phases).toContainEqual({
      phase: 'hooks',
      durationMs: 4_000,
      stuck: ['app.close()'],
    });
  });

  it('exits with 1 if a step fails, but runs the others', async () => {
    await fixture.boot();
    fixture.recorder.failing = 'drain';
    fixture.control.send('SIGTERM');
    await fixture.ended();
    expect(fixture.recorder.seen.at(-1)).toBe('flush');
    expect(fixture.control.exits).toEqual([1]);
    expect(fixture.log.lines).toContain('drain: recorder drain failed');
    expect(fixture.log.lines).toContain('Broken failed during the shutdown');
  });

  it('exits at the hard deadline, whatever it is waiting for', async () => {
    await fixture.boot();
    fixture.recorder.hanging = 'drain';
    // Fires only the deadline, as if the process had been suspended.
    fixture.control.send('SIGTERM');
    const timers = (fixture.clock as unknown as { timers: Set<{ at: number; task: () => void }> })
      .timers;
    const deadline = [...timers].find((timer) => timer.at === 28_000)!;
    await eventually(() => fixture.recorder.seen.includes('drain'));
    deadline.task();
    expect(fixture.control.exits).toEqual([1]);
    expect(fixture.log.lines).toContain('not shut down within 28000 ms');
    expect(fixture.log.lines.join('\n')).toContain('stuck: drain: recorder drain (job-1, job-2)');
    await fixture.clock.advance(28_000);
  });
});
