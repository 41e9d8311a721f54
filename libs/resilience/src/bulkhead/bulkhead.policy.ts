import type { Clock } from '@loyalnest/core';
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
  ) {
    const { maxConcurrent, maxQueue } = bulkhead.snapshot;
    this.description = `${bulkhead.name}, ${maxConcurrent} at a time, ${maxQueue} waiting`;
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
