import type { Call, Operation, Policy } from '../pipeline/policy.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';

/** Asks the breaker before each attempt and tells it how the attempt ended. */
export class CircuitBreakerPolicy implements Policy {
  readonly kind = 'circuit-breaker';
  readonly description: string;

  constructor(
    private readonly breaker: CircuitBreaker,
    options: ResolvedCircuitBreaker,
  ) {
    const { failureRatio, minimumCalls, openForMs } = options;
    this.description =
      `${breaker.name}, opens at ${failureRatio * 100} % failures ` +
      `of at least ${minimumCalls} calls for ${openForMs} ms`;
  }

  wrap(next: Operation): Operation {
    return (call) => this.attempt(call, next);
  }

  private async attempt(call: Call, next: Operation): Promise<unknown> {
    const permit = this.breaker.admit();
    try {
      const value = await next(call);
      permit.success();
      return value;
    } catch (error) {
      // A caller that went away tells nothing about the dependency.
      if (call.signal?.aborted) permit.ignore();
      else permit.failure(error);
      throw error;
    }
  }
}
