import assert from 'node:assert/strict';
import type { CircuitState } from '../../circuit-breaker/circuit-state.js';
import type {
  BreakerUnderTest,
  PermitUnderTest,
  SubjectUnderTest,
} from './circuit-breaker-case.js';

/** The failure of a dependency. */
export const DOWN = new Error('down');

export const OPEN_FOR_MS = 30_000;

/** Opens at the first failure, for 30 s. */
export const AT_ONCE = { minimumCalls: 1, openFor: OPEN_FOR_MS } as const;

export function fail(breaker: BreakerUnderTest, times = 1): void {
  for (let call = 0; call < times; call++) breaker.admit().failure(DOWN);
}

export function succeed(breaker: BreakerUnderTest, times = 1): void {
  for (let call = 0; call < times; call++) breaker.admit().success();
}

/** A permit, or undefined if the call was rejected. */
export function tryAdmit(breaker: BreakerUnderTest): PermitUnderTest | undefined {
  try {
    return breaker.admit();
  } catch {
    return undefined;
  }
}

/** The error of a rejected call. */
export function rejectionOf(breaker: BreakerUnderTest): unknown {
  try {
    breaker.admit();
  } catch (error) {
    return error;
  }
  return assert.fail('the call was let through');
}

export function expectState(breaker: BreakerUnderTest, expected: CircuitState): void {
  assert.equal(breaker.snapshot.state, expected);
}

/** Opens the circuit by a failure and waits until it is half-open. */
export async function halfOpen({ breaker, clock }: SubjectUnderTest): Promise<void> {
  fail(breaker);
  expectState(breaker, 'open');
  await clock.advance(OPEN_FOR_MS);
  expectState(breaker, 'half-open');
}
