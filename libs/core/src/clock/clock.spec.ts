import { getEventListeners } from 'node:events';
import { FakeClock } from '../testing/fake-clock.js';
import type { Clock } from './clock.js';
import { SystemClock } from './system-clock.js';

const clocks: readonly [string, () => Clock, (clock: Clock, ms: number) => Promise<void>][] = [
  ['the system clock', () => new SystemClock(), () => Promise.resolve()],
  ['the fake clock', () => new FakeClock(), async (clock, ms) => (clock as FakeClock).advance(ms)],
];

describe.each(clocks)('%s', (_name, create, advance) => {
  it('sleeps for the given time', async () => {
    const clock = create();
    const startedAt = clock.monotonic();
    const sleep = clock.sleep(20);
    await advance(clock, 20);
    await sleep;
    expect(clock.monotonic() - startedAt).toBeGreaterThanOrEqual(19);
  });

  it('rejects a sleep with the reason of its signal', async () => {
    const clock = create();
    const controller = new AbortController();
    const sleep = clock.sleep(60_000, { signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(sleep).rejects.toThrow('gone');
  });

  it('rejects a sleep at once if its signal has already aborted', async () => {
    const sleep = create().sleep(60_000, { signal: AbortSignal.abort(new Error('gone')) });
    await expect(sleep).rejects.toThrow('gone');
  });

  it('leaves no listener on the signal', async () => {
    const clock = create();
    const { signal } = new AbortController();
    const sleep = clock.sleep(1, { signal });
    await advance(clock, 1);
    await sleep;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('does not run a cancelled task', async () => {
    const clock = create();
    const task = jest.fn();
    clock.schedule(task, 1)();
    await advance(clock, 10);
    await new Promise<void>((done) => setImmediate(done));
    expect(task).not.toHaveBeenCalled();
  });
});

it('the fake clock runs due tasks in order, including those that other tasks schedule', async () => {
  const clock = new FakeClock();
  const order: string[] = [];
  clock.schedule(() => order.push('b'), 20);
  clock.schedule(() => {
    order.push('a');
    clock.schedule(() => order.push('a+5'), 5);
  }, 10);
  clock.schedule(() => order.push('late'), 31);
  await clock.advance(30);
  expect(order).toEqual(['a', 'a+5', 'b']);
  expect(clock.monotonic()).toBe(30);
  expect(clock.pendingTimers).toBe(1);
});

it('the fake clock also advances the wall clock', async () => {
  const clock = new FakeClock(1_000);
  await clock.advance(500);
  expect(clock.now()).toBe(1_500);
});
