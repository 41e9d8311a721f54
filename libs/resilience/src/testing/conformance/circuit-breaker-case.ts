import type { FakeClock } from '@loyalnest/core/testing';
import type { CallPermit } from '../../circuit-breaker/call-permit.js';
import type { CircuitBreaker } from '../../circuit-breaker/circuit-breaker.js';
import type { CircuitBreakerOptions } from '../../circuit-breaker/circuit-breaker.options.js';

export type PermitUnderTest = Pick<CallPermit, 'success' | 'failure' | 'ignore'>;

/** What the suite asks of a circuit breaker. */
export interface BreakerUnderTest extends Pick<
  CircuitBreaker,
  'snapshot' | 'open' | 'close' | 'force' | 'release' | 'update' | 'shutdown'
> {
  /** Throws an error with `code` and `retryAfterMs` when the call may not be made. */
  admit(): PermitUnderTest;
  /** Emits `open`, `halfOpen` and `close`, and `success` and `failure` of single calls. */
  readonly opossum: { on(event: string, listener: () => void): unknown };
}

export interface SubjectUnderTest {
  readonly breaker: BreakerUnderTest;
  /** The time that the breaker reads. */
  readonly clock: FakeClock;
}

export type CreateBreaker = (options: CircuitBreakerOptions) => SubjectUnderTest;

/** A named promise of a circuit breaker, for any test runner. */
export interface CircuitBreakerCase {
  readonly name: string;
  /** Rejects with an `AssertionError` if the promise is not kept. */
  run(create: CreateBreaker): Promise<void>;
}

/** The timers of the breaker end with the case, whether it is kept or not. */
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
