import type { Clock } from '@loyalnest/core';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import { hedgeStarted } from '../resilience.events.js';
import type { RetryBudget } from '../retry/retry-budget.js';
import { HedgedRun } from './hedged-run.js';
import type { ResolvedHedge } from './hedge.options.js';

/**
 * Starts another attempt while one is slow. The first success wins and is the only one that counts;
 * the other attempts are aborted. Each hedge takes one repeat from the retry budget.
 */
export class HedgePolicy implements Policy {
  readonly kind = 'hedge';
  readonly description: string;

  constructor(
    private readonly name: string,
    private readonly options: ResolvedHedge,
    private readonly clock: Clock,
    private readonly budget: RetryBudget | undefined,
    /** True if no outer retry counts the calls. */
    private readonly countsCalls: boolean,
  ) {
    this.description = `up to ${options.max} more, one every ${options.delayMs} ms`;
  }

  wrap(next: Operation): Operation {
    return (call) => this.run(call, next);
  }

  private run(call: Call, next: Operation): Promise<unknown> {
    if (call.signal?.aborted) return Promise.reject(call.signal.reason as Error);
    if (this.countsCalls) this.budget?.recordCall();
    return new Promise((resolve, reject) => {
      const run = new HedgedRun(this.name, call, next, this.options.classify, { resolve, reject });
      let cancel = (): void => {};
      let hedges = 0;
      const scheduleNext = (): void => {
        if (hedges === this.options.max) return;
        cancel = this.clock.schedule(() => {
          if (call.deadline?.expired) return;
          if (this.budget && !this.budget.tryRepeat('hedge')) return;
          hedges++;
          hedgeStarted.publish({ policy: this.name, hedge: hedges });
          run.startAttempt();
          scheduleNext();
        }, this.options.delayMs);
      };
      scheduleNext();
      run.onEnd = () => cancel();
      run.startAttempt();
    });
  }
}
