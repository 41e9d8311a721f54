import type { Clock } from '@loyalnest/core';
import type { Bulkhead } from './bulkhead/bulkhead.js';
import type { CircuitBreakers } from './circuit-breaker/circuit-breakers.js';
import type { Classifier } from './classification/classifier.js';
import type { Faults } from './fault-injection/faults.js';
import type { RateLimiter } from './rate-limit/rate-limiter.js';
import type { RetryBudget } from './retry/retry-budget.js';
import { SharedStates } from './shared-states.js';

/** The state that the policies of one application share by name. */
export class PolicyStates {
  readonly breakers = new SharedStates<CircuitBreakers>('breaker', (breakers) =>
    breakers.belongTo(this.app),
  );
  readonly bulkheads = new SharedStates<Bulkhead>('bulkhead');
  readonly rateLimiters = new SharedStates<RateLimiter>('rate limit');
  readonly budgets = new SharedStates<RetryBudget>('retry budget');

  constructor(
    readonly app: string,
    readonly clock: Clock,
    readonly random: () => number,
    readonly faults: Faults,
    /** Aborts when the application shuts down. */
    readonly ending: AbortSignal,
    readonly warn: (message: string) => void,
    /** How results count where a policy does not say otherwise. */
    readonly classify: Classifier,
    /** How long callers wait for an answer; Infinity if they do not say. */
    readonly requestTimeoutMs: number,
  ) {}
}
