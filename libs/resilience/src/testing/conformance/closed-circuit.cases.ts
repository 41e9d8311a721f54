import assert from 'node:assert/strict';
import { circuitBreakerCase, type CircuitBreakerCase } from './circuit-breaker-case.js';
import { AT_ONCE, DOWN, expectState, fail, succeed } from './drive-breaker.js';

const NOT_FOUND = new Error('not found');

export const closedCircuitCases: readonly CircuitBreakerCase[] = [
  circuitBreakerCase(
    'a closed circuit opens when failureRatio of at least minimumCalls calls have failed',
    { failureRatio: 0.5, minimumCalls: 20 },
    ({ breaker }) => {
      succeed(breaker, 10);
      fail(breaker, 9);
      expectState(breaker, 'closed');
      fail(breaker);
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'a closed circuit stays closed below minimumCalls, however many calls fail',
    { minimumCalls: 20 },
    ({ breaker }) => {
      fail(breaker, 19);
      expectState(breaker, 'closed');
    },
  ),
  circuitBreakerCase(
    'a closed circuit stays closed below failureRatio, however many calls there are',
    { failureRatio: 0.5, minimumCalls: 2 },
    ({ breaker }) => {
      succeed(breaker, 51);
      fail(breaker, 49);
      expectState(breaker, 'closed');
    },
  ),
  circuitBreakerCase(
    'a closed circuit counts completed calls only, none in flight',
    { failureRatio: 0.5, minimumCalls: 10 },
    ({ breaker }) => {
      for (let call = 0; call < 20; call++) breaker.admit();
      fail(breaker, 9);
      expectState(breaker, 'closed');
      fail(breaker);
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'a time window drops the calls that have left it',
    { minimumCalls: 2, window: '10s' },
    async ({ breaker, clock }) => {
      fail(breaker);
      await clock.advance(11_000);
      fail(breaker);
      expectState(breaker, 'closed');
      assert.equal(breaker.snapshot.failures, 1);
    },
  ),
  circuitBreakerCase(
    'a call window holds the last calls, however old they are',
    { failureRatio: 0.5, minimumCalls: 4, windowCalls: 4 },
    async ({ breaker, clock }) => {
      fail(breaker);
      succeed(breaker, 3);
      await clock.advance(3_600_000);
      assert.equal(breaker.snapshot.calls, 4);
      fail(breaker);
      expectState(breaker, 'closed');
      fail(breaker);
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'slow calls open the circuit at slowCallRatio, even if none fails',
    { minimumCalls: 4, window: '60s', slowCall: '1s', slowCallRatio: 0.5 },
    async ({ breaker, clock }) => {
      succeed(breaker, 2);
      const slow = [breaker.admit(), breaker.admit()];
      await clock.advance(1_000);
      slow[0]!.success();
      expectState(breaker, 'closed');
      slow[1]!.success();
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'an ignored error counts neither as success nor as failure',
    { ...AT_ONCE, ignore: (error) => error === NOT_FOUND },
    ({ breaker }) => {
      breaker.admit().failure(NOT_FOUND);
      breaker.admit().ignore();
      expectState(breaker, 'closed');
      assert.equal(breaker.snapshot.calls, 0);
    },
  ),
  circuitBreakerCase('a permit settles once', { minimumCalls: 20 }, ({ breaker }) => {
    const permit = breaker.admit();
    permit.success();
    permit.failure(DOWN);
    permit.ignore();
    permit.success();
    const { calls, failures, successes } = breaker.snapshot;
    assert.deepEqual({ calls, failures, successes }, { calls: 1, failures: 0, successes: 1 });
  }),
];
