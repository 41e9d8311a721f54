import assert from 'node:assert/strict';
import { circuitBreakerCase, type CircuitBreakerCase } from './circuit-breaker-case.js';
import { AT_ONCE, DOWN, expectState, fail, halfOpen, succeed, tryAdmit } from './drive-breaker.js';

const NOT_FOUND = new Error('not found');

export const halfOpenCircuitCases: readonly CircuitBreakerCase[] = [
  circuitBreakerCase(
    'a half-open circuit lets one of 50 callers through',
    AT_ONCE,
    async (subject) => {
      await halfOpen(subject);
      const admitted = Array.from({ length: 50 }, () => tryAdmit(subject.breaker));
      assert.equal(admitted.filter((permit) => permit !== undefined).length, 1);
    },
  ),
  circuitBreakerCase(
    'a half-open circuit closes with an empty window when its probe succeeds',
    AT_ONCE,
    async (subject) => {
      await halfOpen(subject);
      succeed(subject.breaker);
      expectState(subject.breaker, 'closed');
      assert.equal(subject.breaker.snapshot.calls, 0);
    },
  ),
  circuitBreakerCase(
    'a half-open circuit opens again for the full openFor when its probe fails',
    AT_ONCE,
    async (subject) => {
      const { breaker, clock } = subject;
      await halfOpen(subject);
      fail(breaker);
      await clock.advance(29_999);
      expectState(breaker, 'open');
      await clock.advance(1);
      expectState(breaker, 'half-open');
    },
  ),
  circuitBreakerCase(
    'a half-open circuit is not closed by the success of a call that began before it opened',
    AT_ONCE,
    async (subject) => {
      const early = subject.breaker.admit();
      await halfOpen(subject);
      early.success();
      expectState(subject.breaker, 'half-open');
    },
  ),
  circuitBreakerCase(
    'a half-open circuit waits for all of its probes and closes below failureRatio',
    { ...AT_ONCE, halfOpenProbes: 3, failureRatio: 0.5 },
    async (subject) => {
      const { breaker } = subject;
      await halfOpen(subject);
      const probes = [breaker.admit(), breaker.admit(), breaker.admit()];
      assert.ok(tryAdmit(breaker) === undefined, 'another call was admitted');
      probes[0]!.failure(DOWN);
      probes[1]!.success();
      expectState(breaker, 'half-open');
      probes[2]!.success();
      expectState(breaker, 'closed');
    },
  ),
  circuitBreakerCase(
    'a half-open circuit opens again when failureRatio of its probes have failed',
    { ...AT_ONCE, halfOpenProbes: 3, failureRatio: 0.5 },
    async (subject) => {
      const { breaker } = subject;
      await halfOpen(subject);
      const probes = [breaker.admit(), breaker.admit(), breaker.admit()];
      probes[0]!.failure(DOWN);
      probes[1]!.success();
      probes[2]!.failure(DOWN);
      expectState(breaker, 'open');
    },
  ),
  circuitBreakerCase(
    'a hung probe loses its slot to another caller when its lease ends, and counts no more',
    { ...AT_ONCE, probeLease: '5s' },
    async (subject) => {
      const { breaker, clock } = subject;
      await halfOpen(subject);
      const hung = breaker.admit();
      await clock.advance(4_999);
      assert.ok(tryAdmit(breaker) === undefined, 'another call was admitted');
      await clock.advance(1);
      const next = breaker.admit();
      hung.failure(DOWN);
      expectState(breaker, 'half-open');
      next.success();
      expectState(breaker, 'closed');
    },
  ),
  circuitBreakerCase(
    'a probe with an ignored error frees its slot and neither closes nor opens the circuit',
    { ...AT_ONCE, ignore: (error) => error === NOT_FOUND },
    async (subject) => {
      const { breaker } = subject;
      await halfOpen(subject);
      breaker.admit().failure(NOT_FOUND);
      expectState(breaker, 'half-open');
      breaker.admit().ignore();
      expectState(breaker, 'half-open');
      succeed(breaker);
      expectState(breaker, 'closed');
    },
  ),
];
