import { FakeClock } from '@loyalnest/testing';
import type { DrainStep } from '@loyalnest/core';
import { runSteps } from './run-steps.js';

const step = (name: string, run: DrainStep['run']): DrainStep => ({ phase: 'drain', name, run });
const never = (): Promise<void> => new Promise(() => undefined);

describe('runSteps', () => {
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock();
  });

  it('starts all steps in the same tick and ends with the last of them', async () => {
    const log: string[] = [];
    const outcome = runSteps(
      [step('a', () => void log.push('a')), step('b', () => clock.sleep(300))],
      5_000,
      clock,
    );
    expect(log).toEqual(['a']);
    await clock.advance(300);
    expect(await outcome).toEqual({ stuck: [], failures: [] });
    expect(clock.pendingTimers).toBe(0);
  });

  it('aborts the signal one second before the end and names the steps that did not end', async () => {
    const log: string[] = [];
    const handsBack = step('hands back', async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      log.push(`${clock.monotonic()} ${(signal.reason as Error).message}`);
    });
    const hangs = step('hangs', never);
    const outcome = runSteps([handsBack, hangs], 5_000, clock);
    await clock.advance(5_000);
    expect(await outcome).toEqual({ stuck: [hangs], failures: [] });
    expect(log).toEqual([
      '4000 no more time to drain hands back, hangs: hand back the remaining work',
    ]);
  });

  it('aborts the signal after half of a short time', async () => {
    let noticedAt = 0;
    const hangs = step('hangs', (signal) => {
      signal.addEventListener('abort', () => (noticedAt = clock.monotonic()));
      return never();
    });
    const outcome = runSteps([hangs], 100, clock);
    await clock.advance(100);
    await outcome;
    expect(noticedAt).toBe(50);
  });

  it('finishes the other steps when one throws or rejects', async () => {
    const fails = step('fails', () => {
      throw new Error('at once');
    });
    const rejects = step('rejects', async () => {
      throw new Error('later');
    });
    const outcome = runSteps([fails, rejects, step('ends', () => clock.sleep(10))], 100, clock);
    await clock.advance(10);
    const { stuck, failures } = await outcome;
    expect(stuck).toEqual([]);
    expect(failures.map((failure) => failure.step.name)).toEqual(['fails', 'rejects']);
  });
});
