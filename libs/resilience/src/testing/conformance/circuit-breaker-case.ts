import type { FakeClock } from '@loyalnest/core/testing';
import type { CallPermit } from '../../circuit-breaker/call-permit.js';
import type { CircuitBreaker } from '../../circuit-breaker/circuit-breaker.js';
import type { CircuitBreakerOptions } from '../../circuit-breaker/circuit-breaker.options.js';

export type PermitUnderTest = Pick<CallPermit, 'success' | 'failure' | 'ignore'>;

/** What the suite needs from a circuit breaker. */
export interface BreakerUnderTest extends Pick<
  CircuitBreaker,
  'snapshot' | 'open' | 'close' | 'force' | 'release' | 'update' | 'shutdown'
> {
  /** Throws an error with `code` and `retryAfterMs` if the call is not allowed. */
  admit(): PermitUnderTest;
  /** Emits `open`, `halfOpen` and `close`, and `success` and `failure` of single calls. */
  readonly opossum: { on(event: string, listener: () => void): unknown };
}

export interface SubjectUnderTest {
  readonly breaker: BreakerUnderTest;
  /** The clock of the breaker. */
  readonly clock: FakeClock;
}

export type CreateBreaker = (options: CircuitBreakerOptions) => SubjectUnderTest;

/** A guarantee of a circuit breaker as a named case for any test runner. */
export interface CircuitBreakerCase {
  readonly name: string;
  /** Rejects with an `AssertionError` if the breaker does not keep the guarantee. */
  run(create: CreateBreaker): Promise<void>;
}

/** Creates a case that stops the timers of its breaker, whether it passes or fails. */
export function circuitBreakerCase(
  name: string,
  options: CircuitBreakerOptions,
  prove: (subject: SubjectUnderTest) => void | Promise<void>,
): CircuitBreakerCase {
  return {
    name,
    async run(create) {
      const subject = create(options);
      try {
        await prove(subject);
      } finally {
        subject.breaker.shutdown();
      }
    },
  };
}
