import assert from 'node:assert/strict';
import { resolveCircuitBreaker } from '../../circuit-breaker/circuit-breaker.options.js';
import { circuitBreakerCase, type CircuitBreakerCase } from './circuit-breaker-case.js';
import { AT_ONCE, expectState, fail, rejectionOf, succeed } from './drive-breaker.js';

const LENIENT = { minimumCalls: 20, failureRatio: 0.9 } as const;

export const operatedCircuitCases: readonly CircuitBreakerCase[] = [
  circuitBreakerCase(
    'a forced-open circuit rejects calls until it is released, and then it is closed',
    AT_ONCE,
    async ({ breaker, clock }) => {
      const early = breaker.admit();
      breaker.force('forced-open');
      early.success();
      await clock.advance(3_600_000);
      expectState(breaker, 'forced-open');
      rejectionOf(breaker);
      breaker.release();
      expectState(breaker, 'closed');
      succeed(breaker);
    },
  ),
  circuitBreakerCase(
    'a forced-closed circuit lets all calls through until it is released',
    AT_ONCE,
    ({ breaker }) => {
      fail(breaker);
      breaker.force('forced-closed');
      fail(breaker, 100);
      expectState(breaker, 'forced-closed');
      breaker.release();
      expectState(breaker, 'closed');
      fail(breaker);
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'a metrics-only circuit lets all calls through and counts them',
    AT_ONCE,
    ({ breaker }) => {
      breaker.force('metrics-only');
      fail(breaker, 100);
      expectState(breaker, 'metrics-only');
      assert.equal(breaker.snapshot.failures, 100);
      breaker.release();
      expectState(breaker, 'closed');
      assert.equal(breaker.snapshot.failures, 0);
    },
  ),
  circuitBreakerCase(
    'a manually opened circuit half-opens by itself, and a manually closed one is empty',
    AT_ONCE,
    async ({ breaker, clock }) => {
      breaker.open();
      rejectionOf(breaker);
      await clock.advance(30_000);
      expectState(breaker, 'half-open');
      breaker.close();
      expectState(breaker, 'closed');
      assert.equal(breaker.snapshot.calls, 0);
    },
  ),
  circuitBreakerCase(
    'options changed at run time keep the counts and apply to the next call',
    LENIENT,
    ({ breaker }) => {
      succeed(breaker, 5);
      fail(breaker, 5);
      breaker.update(resolveCircuitBreaker('update', { minimumCalls: 10, failureRatio: 0.5 }));
      const { calls, failures, state } = breaker.snapshot;
      assert.deepEqual({ calls, failures, state }, { calls: 10, failures: 5, state: 'closed' });
      fail(breaker);
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'listeners that throw affect neither calls nor states',
    AT_ONCE,
    async ({ breaker, clock }) => {
      let emitted = 0;
      for (const event of ['success', 'failure', 'open', 'halfOpen', 'close']) {
        breaker.opossum.on(event, () => {
          emitted++;
          throw new Error(`listener of ${event}`);
        });
      }
      fail(breaker);
      expectState(breaker, 'open');
      await clock.advance(30_000);
      expectState(breaker, 'half-open');
      succeed(breaker);
      expectState(breaker, 'closed');
      assert.equal(emitted, 5);
    },
  ),
];
