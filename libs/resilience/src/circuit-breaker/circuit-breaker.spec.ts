import { SystemClock } from '@loyalnest/core';
import { CircuitBreaker } from './circuit-breaker.js';
import { resolveCircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.options.js';
import { CircuitOpenError } from './circuit-open.error.js';

// opossum owns the reset timer, so the timer functions are faked.
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const DOWN = new Error('down');

function breaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  return new CircuitBreaker('sms', resolveCircuitBreaker('test', options), new SystemClock());
}

function fail(circuit: CircuitBreaker, times: number): void {
  for (let i = 0; i < times; i++) circuit.admit().failure(DOWN);
}

function succeed(circuit: CircuitBreaker, times: number): void {
  for (let i = 0; i < times; i++) circuit.admit().success();
}

function halfOpen(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const circuit = breaker({ minimumCalls: 1, openFor: '30s', ...options });
  fail(circuit, 1);
  jest.advanceTimersByTime(30_000);
  expect(circuit.snapshot.state).toBe('half-open');
  return circuit;
}

describe('a closed circuit', () => {
  it('opens once half of at least 20 calls have failed', () => {
    const circuit = breaker();
    succeed(circuit, 10);
    fail(circuit, 9);
    expect(circuit.snapshot.state).toBe('closed');
    fail(circuit, 1);
    expect(circuit.snapshot.state).toBe('open');
  });

  it('stays closed below the minimum number of calls, however many fail', () => {
    const circuit = breaker({ minimumCalls: 20 });
    fail(circuit, 19);
    expect(circuit.snapshot.state).toBe('closed');
  });

  it('counts completed calls only, none in flight', () => {
    const circuit = breaker({ minimumCalls: 10 });
    for (let i = 0; i < 20; i++) circuit.admit();
    fail(circuit, 10);
    expect(circuit.snapshot.state).toBe('open');
  });

  it('forgets calls that have left the window', () => {
    const circuit = breaker({ minimumCalls: 2, window: '10s' });
    fail(circuit, 1);
    jest.advanceTimersByTime(11_000);
    fail(circuit, 1);
    expect(circuit.snapshot).toMatchObject({ state: 'closed', failures: 1 });
  });

  it('counts an ignored error neither as success nor as failure', () => {
    const circuit = breaker({ minimumCalls: 1, ignore: (error) => error === DOWN });
    fail(circuit, 5);
    expect(circuit.snapshot).toMatchObject({ state: 'closed', successes: 0, failures: 0 });
  });

  it('counts a call once, however often its permit is settled', () => {
    const circuit = breaker();
    const permit = circuit.admit();
    permit.success();
    permit.failure(DOWN);
    expect(circuit.snapshot).toMatchObject({ successes: 1, failures: 0 });
  });
});

describe('an open circuit', () => {
  it('rejects without calling and says when the next call is let through', () => {
    const circuit = breaker({ minimumCalls: 1, openFor: '30s' });
    fail(circuit, 1);
    jest.advanceTimersByTime(10_000);
    const rejection = catchError(() => circuit.admit());
    expect(rejection).toBeInstanceOf(CircuitOpenError);
    expect(rejection).toMatchObject({ code: 'CIRCUIT_OPEN', retryable: false, policy: 'sms' });
    expect((rejection as CircuitOpenError).retryAfterMs).toBe(20_000);
  });

  it('ignores the late success of a call that began before it opened', () => {
    const circuit = breaker({ minimumCalls: 1 });
    const early = circuit.admit();
    fail(circuit, 1);
    early.success();
    expect(circuit.snapshot.state).toBe('open');
  });
});

describe('a half-open circuit', () => {
  it('lets exactly one of 50 callers through', () => {
    const circuit = halfOpen();
    const admitted = Array.from({ length: 50 }, () => attempt(() => circuit.admit()));
    expect(admitted.filter(Boolean)).toHaveLength(1);
  });

  it('closes when its probe succeeds', () => {
    const circuit = halfOpen();
    succeed(circuit, 1);
    expect(circuit.snapshot).toMatchObject({ state: 'closed', failures: 0 });
  });

  it('opens again for the full openFor when its probe fails', () => {
    const circuit = halfOpen();
    fail(circuit, 1);
    expect(circuit.snapshot.state).toBe('open');
    jest.advanceTimersByTime(29_999);
    expect(circuit.snapshot.state).toBe('open');
    jest.advanceTimersByTime(1);
    expect(circuit.snapshot.state).toBe('half-open');
  });

  it('is not closed by the success of a call that began before it opened', () => {
    const circuit = breaker({ minimumCalls: 1, openFor: '30s' });
    const early = circuit.admit();
    fail(circuit, 1);
    jest.advanceTimersByTime(30_000);
    early.success();
    expect(circuit.snapshot.state).toBe('half-open');
  });

  it('gives the slot of a hung probe to another caller when its lease ends', () => {
    const circuit = halfOpen({ probeLease: '5s' });
    const hung = circuit.admit();
    expect(attempt(() => circuit.admit())).toBeUndefined();
    jest.advanceTimersByTime(5_000);
    const second = circuit.admit();
    hung.failure(DOWN);
    expect(circuit.snapshot.state).toBe('half-open');
    second.success();
    expect(circuit.snapshot.state).toBe('closed');
  });

  it('gives the slot of a probe with an ignored error to the next caller', () => {
    const notFound = new Error('not found');
    const circuit = halfOpen({ ignore: (error) => error === notFound });
    circuit.admit().failure(notFound);
    expect(circuit.snapshot.state).toBe('half-open');
    succeed(circuit, 1);
    expect(circuit.snapshot.state).toBe('closed');
  });

  it('waits for all of several probes and judges them by the failure ratio', () => {
    const circuit = halfOpen({ halfOpenProbes: 3, failureRatio: 0.5 });
    succeed(circuit, 2);
    expect(circuit.snapshot.state).toBe('half-open');
    fail(circuit, 1);
    expect(circuit.snapshot.state).toBe('closed');
  });
});

it.each([
  [{ failureRatio: 0 }, 'test.failureRatio: got 0; use a number above 0, up to 1'],
  [{ failureRatio: 50 }, 'test.failureRatio: got 50; use a number from 0 to 1'],
  [{ minimumCalls: Number('') - 1 }, 'test.minimumCalls: got -1; use a whole number >= 1'],
  [{ openFor: Number.NaN }, 'test.openFor: got NaN'],
  [{ halfOpenProbes: 0 }, 'test.halfOpenProbes: got 0'],
])('refuses %p with the path, the value and the remedy', (options, message) => {
  expect(() => breaker(options)).toThrow(message);
});

function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}

function catchError(task: () => unknown): unknown {
  try {
    task();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}
