import { FakeClock } from '@loyalnest/core/testing';
import { Injectable } from '@nestjs/common';
import { CircuitBreaker as Decorator, circuitStateChanged } from '../index.js';
import { closeApps, startApp } from '../../test/start-app.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { resolveCircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.options.js';
import { CircuitOpenError } from './circuit-open.error.js';

afterEach(closeApps);

const DOWN = new Error('down');

function start(options: CircuitBreakerOptions = {}) {
  const clock = new FakeClock();
  const resolved = resolveCircuitBreaker('test', { minimumCalls: 4, ...options });
  const circuit = new CircuitBreaker('sms', resolved, clock);
  return { circuit, clock };
}

it('opens when half of the calls were slow, even if all succeeded', async () => {
  const { circuit, clock } = start({ slowCall: '1s', slowCallRatio: 0.5 });
  for (const ms of [10, 20, 1_000, 2_000]) {
    const permit = circuit.admit();
    await clock.advance(ms);
    permit.success();
  }
  expect(circuit.snapshot).toMatchObject({ state: 'open', successes: 4, slowCalls: 2 });
});

it('counts only the last calls with a call window', () => {
  const { circuit } = start({ windowCalls: 4 });
  circuit.admit().failure(DOWN);
  for (let call = 0; call < 4; call++) circuit.admit().success();
  expect(circuit.snapshot).toMatchObject({ calls: 4, failures: 0 });
  circuit.admit().failure(DOWN);
  expect(circuit.state).toBe('closed');
  circuit.admit().failure(DOWN);
  expect(circuit.state).toBe('open');
});

it('judges results as well as errors', () => {
  const { circuit } = start({
    minimumCalls: 1,
    ignoreResult: (value) => value === 'absent',
    failureResult: (value) => value === 'broken',
  });
  circuit.admit().success('absent');
  expect(circuit.snapshot.calls).toBe(0);
  circuit.admit().success('broken');
  expect(circuit.state).toBe('open');
});

it('treats a predicate that throws as false', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const { circuit } = start({
    ignore: () => {
      throw new Error('bug');
    },
  });
  circuit.admit().failure(DOWN);
  expect(circuit.snapshot.failures).toBe(1);
  expect(warn).toHaveBeenCalled();
  warn.mockRestore();
});

describe('a forced state', () => {
  it('forced-open rejects all calls, however long it lasts and whatever results arrive', async () => {
    const { circuit, clock } = start();
    const early = circuit.admit();
    circuit.force('forced-open');
    early.success();
    await clock.advance(3_600_000);
    expect(() => circuit.admit()).toThrow(CircuitOpenError);
    expect(circuit.opossum.opened).toBe(true);
    circuit.release();
    expect(circuit.state).toBe('closed');
    expect(circuit.opossum.closed).toBe(true);
    circuit.admit().success();
  });

  it('forced-closed lets all calls pass and counts nothing', () => {
    const { circuit } = start();
    circuit.open();
    circuit.force('forced-closed');
    for (let call = 0; call < 100; call++) circuit.admit().failure(DOWN);
    expect(circuit.snapshot).toMatchObject({ state: 'forced-closed', calls: 0 });
  });

  it('metrics-only lets all calls pass and counts them', () => {
    const { circuit } = start();
    circuit.force('metrics-only');
    for (let call = 0; call < 100; call++) circuit.admit().failure(DOWN);
    expect(circuit.snapshot).toMatchObject({ state: 'metrics-only', failures: 100 });
  });
});

it('an operator can open and close it as calls would', async () => {
  const { circuit, clock } = start({ openFor: '30s' });
  circuit.open();
  expect(circuit.state).toBe('open');
  await clock.advance(30_000);
  expect(circuit.state).toBe('half-open');
  circuit.close();
  expect(circuit.state).toBe('closed');
});

it('changes options in place and keeps its counts', () => {
  const { circuit } = start({ minimumCalls: 100 });
  for (let call = 0; call < 10; call++) circuit.admit().failure(DOWN);
  circuit.update(resolveCircuitBreaker('test', { minimumCalls: 11 }));
  expect(circuit.snapshot).toMatchObject({ state: 'closed', failures: 10 });
  circuit.admit().failure(DOWN);
  expect(circuit.state).toBe('open');
});

describe('with a key', () => {
  const options: CircuitBreakerOptions = {
    name: 'hosts',
    minimumCalls: 1,
    key: (host: string) => host,
    maxKeys: 2,
  };

  @Injectable()
  class Client {
    @Decorator(options)
    async read(_host: string, fail = false): Promise<string> {
      if (fail) throw DOWN;
      return 'read';
    }
  }

  it('has one circuit per key', async () => {
    const { app, registry } = await startApp([Client]);
    const changes: unknown[] = [];
    const end = circuitStateChanged.subscribe((event) => changes.push(event));
    await expect(app.get(Client).read('a', true)).rejects.toBe(DOWN);
    await expect(app.get(Client).read('a')).rejects.toMatchObject({ policy: 'hosts[a]' });
    await expect(app.get(Client).read('b')).resolves.toBe('read');
    end();
    expect(registry.get('hosts', 'a')!.state).toBe('open');
    expect(registry.get('hosts', 'b')!.state).toBe('closed');
    expect(changes).toEqual([
      { app: registry.app, policy: 'hosts', key: 'a', from: 'closed', to: 'open' },
    ]);
  });

  it('drops the least recently used circuit, but none that is open or has counted calls', async () => {
    const { app, clock, registry } = await startApp([Client]);
    const names = (): string[] => registry.all().map(({ key }) => key!);
    await app
      .get(Client)
      .read('open', true)
      .catch(() => {});
    await app.get(Client).read('busy');
    await app.get(Client).read('third');
    expect(names()).toEqual(['open', 'busy', 'third']);
    await clock.advance(15_000);
    await app.get(Client).read('fourth');
    expect(names()).toEqual(['open', 'fourth']);
  });
});

describe('a manual change', () => {
  /** The transitions published on the channel, and the events that opossum emits. */
  function observe(change: (circuit: CircuitBreaker) => void, before = change) {
    const { circuit, clock } = start({ minimumCalls: 1, openFor: '30s' });
    if (before !== change) before(circuit);
    const changes: string[] = [];
    const ofOpossum: string[] = [];
    circuit.opossum.on('open', () => void ofOpossum.push('open'));
    circuit.opossum.on('close', () => void ofOpossum.push('close'));
    const end = circuitStateChanged.subscribe(({ from, to }) => changes.push(`${from} > ${to}`));
    change(circuit);
    end();
    return { changes, ofOpossum, circuit, clock };
  }
  const fail = (circuit: CircuitBreaker): void => circuit.admit().failure(DOWN);

  it('to forced-open is published once, and opens opossum', () => {
    const { changes, ofOpossum, circuit } = observe((breaker) => breaker.force('forced-open'));
    expect(changes).toEqual(['closed > forced-open']);
    expect(ofOpossum).toEqual(['open']);
    expect(circuit.opossum.opened).toBe(true);
  });

  it.each(['forced-closed', 'metrics-only'] as const)(
    'from open to %s is published once, empties the window and closes opossum',
    (state) => {
      const { changes, ofOpossum, circuit } = observe((breaker) => breaker.force(state), fail);
      expect(changes).toEqual([`open > ${state}`]);
      expect(ofOpossum).toEqual(['close']);
      expect(circuit.opossum.closed).toBe(true);
      expect(circuit.snapshot.calls).toBe(0);
    },
  );

  it('from one forced state to another is published once, and to the same state not at all', () => {
    const { changes, circuit } = observe((breaker) => {
      breaker.force('forced-closed');
      breaker.force('forced-open');
      breaker.force('forced-open');
      breaker.release();
    });
    expect(changes).toEqual([
      'closed > forced-closed',
      'forced-closed > forced-open',
      'forced-open > closed',
    ]);
    expect(circuit.opossum.closed).toBe(true);
  });

  it('from forced-open to open is published once, and half-opens after the full openFor', async () => {
    const { changes, circuit, clock } = observe(
      (breaker) => breaker.open(),
      (breaker) => breaker.force('forced-open'),
    );
    expect(changes).toEqual(['forced-open > open']);
    await clock.advance(29_999);
    expect(circuit.state).toBe('open');
    await clock.advance(1);
    expect(circuit.state).toBe('half-open');
    circuit.shutdown();
  });

  it('to forced-open tells callers to wait the full openFor, however long it lasts', async () => {
    const { circuit, clock } = observe((breaker) => breaker.force('forced-open'));
    await clock.advance(3_600_000);
    expect(() => circuit.admit()).toThrow(expect.objectContaining({ retryAfterMs: 30_000 }));
  });
});
