import { ON_SHUTDOWN } from '@loyalnest/core';
import { FakeClock } from '@loyalnest/testing';
import { FaultGate } from './fault-gate.js';

describe('FaultGate', () => {
  let clock: FakeClock;
  let gate: FaultGate;

  beforeEach(() => {
    clock = new FakeClock();
    gate = new FaultGate(clock);
  });

  /** How the request ends; undefined while it waits. */
  function request(caller?: AbortSignal): { readonly end: string | undefined } {
    const seen: { end: string | undefined } = { end: undefined };
    void gate.pass('sms', caller).then(
      () => (seen.end = 'passed'),
      (error: { code?: string; message: string }) => (seen.end = error.code ?? error.message),
    );
    return seen;
  }

  it('lets requests pass while there is no fault', async () => {
    await expect(gate.pass('sms')).resolves.toBeUndefined();
    expect(clock.pendingTimers).toBe(0);
  });

  it('holds requests for the latency', async () => {
    gate.change({ sms: { latencyMs: 500 } });
    const held = request();
    await clock.advance(499);
    expect(held.end).toBeUndefined();
    await clock.advance(1);
    expect(held.end).toBe('passed');
  });

  it('counts the time already waited when the latency changes', async () => {
    gate.change({ sms: { latencyMs: 10_000 } });
    const held = request();
    await clock.advance(300);
    gate.change({ sms: { latencyMs: 400 } });
    await clock.advance(99);
    expect(held.end).toBeUndefined();
    await clock.advance(1);
    expect(held.end).toBe('passed');
  });

  it('releases hanging requests when the fault is lifted', async () => {
    gate.change({ sms: { hang: true } });
    const hanging = request();
    await clock.advance(3_600_000);
    expect(hanging.end).toBeUndefined();
    gate.lift();
    await clock.advance(0);
    expect(hanging.end).toBe('passed');
  });

  it('forgets a caller that disconnects and cancels its timer', async () => {
    gate.change({ sms: { latencyMs: 500 } });
    const caller = new AbortController();
    const held = request(caller.signal);
    await clock.advance(100);
    caller.abort(new Error('disconnected'));
    await clock.advance(0);
    expect(held.end).toBe('disconnected');
    expect(clock.pendingTimers).toBe(0);
  });

  it('fails the share of requests given by the error ratio', async () => {
    gate.change({ sms: { errorRatio: 0.3 } }, 1);
    const ends = await Promise.allSettled(Array.from({ length: 1_000 }, () => gate.pass('sms')));
    const refused = ends.filter(({ status }) => status === 'rejected').length;
    expect(refused).toBeGreaterThan(260);
    expect(refused).toBeLessThan(340);
  });

  it.each([
    [0, 'passed'],
    [1, 'PROVIDER_FAILED'],
  ])('at an error ratio of %d ends every request with %s', async (errorRatio, end) => {
    gate.change({ sms: { errorRatio } });
    const requests = Array.from({ length: 100 }, () => request());
    await clock.advance(0);
    expect(requests.every((one) => one.end === end)).toBe(true);
  });

  it('fails the same requests for the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      gate.change({ sms: { errorRatio: 0.5 } }, seed);
      const ends = await Promise.allSettled(Array.from({ length: 64 }, () => gate.pass('sms')));
      return ends.map(({ status }) => status[0]).join('');
    };
    const first = await run(42);
    expect(await run(42)).toBe(first);
    expect(await run(43)).not.toBe(first);
  });

  it('keeps the values that a change does not name, and the other channel', () => {
    gate.change({ sms: { latencyMs: 5, hang: true }, email: { errorRatio: 1 } });
    expect(gate.change({ sms: { hang: false } })).toEqual({
      sms: { latencyMs: 5, errorRatio: 0, hang: false },
      email: { latencyMs: 0, errorRatio: 1, hang: false },
    });
  });

  it('rejects held requests when the shutdown begins, and holds no new ones', async () => {
    gate.change({ sms: { hang: true } });
    const hanging = request();
    await clock.advance(0);
    gate[ON_SHUTDOWN]();
    const late = request();
    await clock.advance(0);
    expect([hanging.end, late.end]).toEqual(['PROVIDER_STOPPING', 'PROVIDER_STOPPING']);
  });
});
