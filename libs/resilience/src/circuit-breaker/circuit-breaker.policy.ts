import type { Call, Operation } from '../pipeline/call.js';
import type { Policy } from '../pipeline/policy.js';
import type { CallPermit } from './call-permit.js';
import type { ResolvedCircuitBreaker } from './circuit-breaker.options.js';
import type { CircuitBreakers } from './circuit-breakers.js';

/** Asks the breaker before each attempt and tells it how the attempt ended. */
export class CircuitBreakerPolicy implements Policy {
  readonly kind = 'circuit-breaker';
  readonly description: string;

  constructor(
    private readonly breakers: CircuitBreakers,
    options: ResolvedCircuitBreaker,
  ) {
    const { failureRatio, minimumCalls, openForMs, slowCallMs, slowCallRatio } = options;
    const slow =
      slowCallMs === Infinity ? '' : ` or ${slowCallRatio * 100} % calls of ${slowCallMs} ms`;
    this.description =
      `${breakers.name}, opens at ${failureRatio * 100} % failures${slow} ` +
      `of at least ${minimumCalls} calls for ${openForMs} ms`;
  }

  wrap(next: Operation): Operation {
    const { breakers } = this;
    return (call) => {
      let permit: CallPermit;
      try {
        permit = breakers.of(call.self, call.args).admit();
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
    };
  }
}

function settleFailure(permit: CallPermit, call: Call, error: unknown): void {
  // A caller that went away tells nothing about the dependency.
  if (call.signal?.aborted) permit.ignore();
  else permit.failure(error);
}
