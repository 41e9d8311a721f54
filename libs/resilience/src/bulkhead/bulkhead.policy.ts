import type { Clock } from '@loyalnest/core';
import type { Classification } from '@loyalnest/core/toolkit';
import { classifyCallError, isCallersDeadline } from '../classification/callers-end.js';
import type { Classifier } from '../classification/classifier.js';
import { callRejected } from '../resilience.events.js';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import { BulkheadFullError } from './bulkhead-full.error.js';
import type { Bulkhead, BulkheadPermit } from './bulkhead.js';

/**
 * Holds a slot for the whole call, including its retries and the delays between them. The slot is
 * freed when the work has really ended, or after `releaseAfter`, not when its caller stops waiting.
 */
export class BulkheadPolicy implements Policy {
  readonly kind = 'bulkhead';
  readonly description: string;

  constructor(
    private readonly name: string,
    private readonly bulkhead: Bulkhead,
    private readonly clock: Clock,
    private readonly classify: Classifier,
  ) {
    const { maxConcurrent, maxQueue } = bulkhead.snapshot;
    const most = bulkhead.isAdaptive ? `adaptive, at most ${maxConcurrent}` : `${maxConcurrent}`;
    this.description = `${bulkhead.name}, ${most} at a time, ${maxQueue} waiting`;
  }

  wrap(next: Operation): Operation {
    const { bulkhead } = this;
    return (call) => {
      const permit = bulkhead.tryAcquire();
      return permit === undefined ? this.wait(call, next) : this.run(call, next, permit);
    };
  }

  private async wait(call: Call, next: Operation): Promise<unknown> {
    const maxWaitMs = Math.min(this.bulkhead.maxWaitMs, call.deadline?.remainingMs ?? Infinity);
    let permit: BulkheadPermit;
    try {
      permit = await this.bulkhead.acquire(call.signal, maxWaitMs);
    } catch (error) {
      if (error instanceof BulkheadFullError) {
        const retryAfterMs = error.retryAfterMs ?? 0;
        callRejected.publish({ policy: this.name, by: 'bulkhead', retryAfterMs });
      }
      throw error;
    }
    if (call.signal?.aborted) {
      permit.release();
      throw call.signal.reason;
    }
    return this.run(call, next, permit);
  }

  private run(call: Call, next: Operation, permit: BulkheadPermit): Promise<unknown> {
    if (this.bulkhead.isAdaptive) return this.runMeasured(call, next, permit);
    return next(call).then(
      (value) => {
        this.release(call, permit);
        return value;
      },
      (error: unknown) => {
        this.release(call, permit);
        throw error;
      },
    );
  }

  private runMeasured(call: Call, next: Operation, permit: BulkheadPermit): Promise<unknown> {
    const startedAt = this.clock.monotonic();
    return next(call).then(
      (value) => {
        this.observe(this.classify(value, false, isCallersDeadline(call)), startedAt);
        this.release(call, permit);
        return value;
      },
      (error: unknown) => {
        this.observe(classifyCallError(call, error, this.classify), startedAt);
        this.release(call, permit);
        throw error;
      },
    );
  }

  /**
   * A failure or a cut call may have ended before the dependency did its work, so it counts only if it took
   * longer than usual. A rejection by another policy says nothing.
   */
  private observe({ outcome, cut }: Classification, startedAt: number): void {
    if (outcome === 'neutral' && !cut) return;
    this.bulkhead.observe(this.clock.monotonic() - startedAt, outcome === 'success');
  }

  private release(call: Call, permit: BulkheadPermit): void {
    const { unfinished } = call;
    const { releaseAfterMs } = this.bulkhead;
    if (unfinished.size === 0 || releaseAfterMs === 0) {
      permit.release();
      return;
    }
    const cancel = this.clock.schedule(() => permit.release(), releaseAfterMs, false);
    void Promise.allSettled(unfinished).then(() => {
      cancel();
      permit.release();
    });
  }
}
