import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import type { CallPermit } from './call-permit.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { CircuitBreakers } from './circuit-breakers.js';

/** Asks the breaker for permission before each attempt and reports the outcome to it. */
export class CircuitBreakerPolicy implements Policy {
  readonly kind = 'circuit-breaker';
  readonly description: string;

  constructor(
    private readonly breakers: CircuitBreakers,
    options: ResolvedCircuitBreaker,
  ) {
    const { failureRatio, minimumCalls, openForMs, slowCallMs, slowCallRatio } = options;
    const slow =
      slowCallMs === Infinity
        ? ''
        : ` or ${slowCallRatio * 100} % slow calls (${slowCallMs} ms or more)`;
    this.description =
      `${breakers.name}, opens for ${openForMs} ms at ${failureRatio * 100} % failures${slow} ` +
      `of at least ${minimumCalls} calls`;
  }

  wrap(next: Operation): Operation {
    const { breakers } = this;
    const single = breakers.find();
    if (single === undefined) return (call) => this.attemptWithKey(call, next);
    return (call) => {
      const generation = single.closedGeneration;
      if (generation === 0) return this.attempt(single, call, next);
      // The fast path needs no permit: nearly every call is admitted by a closed circuit and
      // succeeds.
      return next(call).then(
        (value) => {
          single.passed(generation, value);
          return value;
        },
        (error: unknown) => {
          settleFailure(single.permitOf(generation), call, error);
          throw error;
        },
      );
    };
  }

  private attemptWithKey(call: Call, next: Operation): Promise<unknown> {
    try {
      const breaker = this.breakers.of(call.self, call.args);
      return breaker ? this.attempt(breaker, call, next) : next(call);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  private attempt(breaker: CircuitBreaker, call: Call, next: Operation): Promise<unknown> {
    let permit: CallPermit;
    try {
      permit = breaker.admit();
    } catch (error) {
      return Promise.reject(error as Error);
    }
    return next(call).then(
      (value) => {
        permit.success(value);
        return value;
      },
      (error: unknown) => {
        settleFailure(permit, call, error);
        throw error;
      },
    );
  }
}

function settleFailure(permit: CallPermit, call: Call, error: unknown): void {
  // An abort by the caller says nothing about the dependency.
  if (call.signal?.aborted) permit.ignore();
  else permit.failure(error);
}
