import type { Clock } from '@loyalnest/core';
import { TimeWindow } from '../circuit-breaker/time-window.js';
import { retryBudgetExhausted } from '../resilience.events.js';
import type { ResolvedRetryBudget } from './retry-budget.options.js';

const BUCKETS = 10;

/**
 * Keeps repeats from multiplying the load on a failing dependency: the window allows at most
 * `ratio` repeats per call, plus `minimum`. The retries and hedges of all methods that call the
 * dependency share it.
 */
export class RetryBudget {
  private calls: TimeWindow;
  private repeats: TimeWindow;

  constructor(
    readonly name: string,
    private options: ResolvedRetryBudget,
    private readonly clock: Clock,
  ) {
    this.calls = new TimeWindow(options.windowMs, BUCKETS, clock);
    this.repeats = new TimeWindow(options.windowMs, BUCKETS, clock);
  }

  recordCall(nowMs = this.clock.monotonic()): void {
    this.calls.record(false, false, nowMs);
  }

  /** Takes one repeat from the budget. If none is left, it returns false and publishes an event. */
  tryRepeat(kind: 'retry' | 'hedge'): boolean {
    const { ratio, minimum } = this.options;
    if (this.repeats.counts.calls < this.calls.counts.calls * ratio + minimum) {
      this.repeats.record(false, false, this.clock.monotonic());
      return true;
    }
    retryBudgetExhausted.publish({ policy: this.name, refused: kind });
    return false;
  }

  /** Changes options in place. The counts are kept unless the window changes. */
  update(options: ResolvedRetryBudget): void {
    if (options.windowMs !== this.options.windowMs) {
      this.calls = new TimeWindow(options.windowMs, BUCKETS, this.clock);
      this.repeats = new TimeWindow(options.windowMs, BUCKETS, this.clock);
    }
    this.options = options;
  }

  get snapshot(): { readonly name: string; readonly calls: number; readonly repeats: number } {
    const { name, calls, repeats } = this;
    return { name, calls: calls.counts.calls, repeats: repeats.counts.calls };
  }
}
