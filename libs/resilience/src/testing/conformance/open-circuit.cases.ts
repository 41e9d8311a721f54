import assert from 'node:assert/strict';
import { circuitBreakerCase, type CircuitBreakerCase } from './circuit-breaker-case.js';
import { AT_ONCE, expectState, fail, rejectionOf, succeed } from './drive-breaker.js';

export const openCircuitCases: readonly CircuitBreakerCase[] = [
  circuitBreakerCase(
    'an open circuit rejects and says when the next call is let through',
    AT_ONCE,
    async ({ breaker, clock }) => {
      fail(breaker);
      await clock.advance(10_000);
      const { code, retryAfterMs } = rejectionOf(breaker) as Record<string, unknown>;
      assert.deepEqual({ code, retryAfterMs }, { code: 'CIRCUIT_OPEN', retryAfterMs: 20_000 });
    },
  ),
  circuitBreakerCase(
    'an open circuit half-opens after openFor, and not before',
    AT_ONCE,
    async ({ breaker, clock }) => {
      fail(breaker);
      await clock.advance(29_999);
      expectState(breaker, 'open');
      await clock.advance(1);
      expectState(breaker, 'half-open');
    },
  ),
  circuitBreakerCase(
    'an open circuit ignores the late success of a call that began before it opened',
    AT_ONCE,
    ({ breaker }) => {
      const early = breaker.admit();
      fail(breaker);
      early.success();
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'a reopened circuit ignores the late success of an earlier probe',
    { ...AT_ONCE, probeLease: '5s' },
    async ({ breaker, clock }) => {
      fail(breaker);
      await clock.advance(30_000);
      const hung = breaker.admit();
      await clock.advance(5_000);
      fail(breaker);
      expectState(breaker, 'open');
      hung.success();
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'a circuit that closed again does not count the late failure of a call that began before it opened',
    AT_ONCE,
    async ({ breaker, clock }) => {
      const early = breaker.admit();
      fail(breaker);
      await clock.advance(30_000);
      succeed(breaker);
      expectState(breaker, 'closed');
      early.failure(new Error('late'));
      expectState(breaker, 'closed');
      assert.equal(breaker.snapshot.failures, 0);
    },
  ),
];
