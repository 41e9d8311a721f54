import type { Clock } from '@loyalnest/core';
import type { ResolvedRate } from '@loyalnest/core/toolkit';
import type { JobEnvelope, ThrottleSlot } from '../job/job-envelope.js';
import type { RunnableJob } from '../job/runnable-job.js';
import type { QueueRegistry } from '../queue-registry.js';
import type { JobThrottle } from './job-throttle.js';

/**
 * Throttles again at the worker, for what enqueueing can't know: a plan that became slower since, and
 * retries, which come on top of new jobs. A job whose slot still holds costs one look at its plan.
 */
export class StartThrottle {
  constructor(
    private readonly registry: QueueRegistry,
    private readonly throttle: JobThrottle,
    private readonly clock: Clock,
  ) {}

  covers(queue: string): boolean {
    return this.registry.get(queue).throttled;
  }

  /** The slot that the job must wait for; undefined if it may run now. Never rejects. */
  async slotFor(
    { id, queueName, attemptsMade }: RunnableJob,
    { context: { merchantId }, slot: given }: JobEnvelope,
  ): Promise<{ readonly delayMs: number; readonly slot: ThrottleSlot } | undefined> {
    const queue = this.registry.get(queueName);
    const plan = await this.throttle.planFor(queue, merchantId);
    if (!plan) return undefined;
    const intervalMs = plan.rate.intervalUs / 1_000;
    if (given?.attemptsMade === attemptsMade && isAsSlow(given.intervalMs, plan.rate)) {
      return undefined;
    }
    // The job's own key exists, so it would count as a duplicate; this one never exists.
    const asNew = `${id}:start`;
    try {
      // A stored job is never refused: it waits, however long.
      const [reserved] = await this.throttle.reserve(queue, merchantId!, plan, [asNew], Infinity);
      if (reserved?.kind !== 'slot' || reserved.delayMs === 0) return undefined;
      const { delayMs } = reserved;
      return { delayMs, slot: { attemptsMade, intervalMs, at: this.clock.now() + delayMs } };
    } catch {
      // Without Redis nothing can be stored about the job. It is better to run it than to fail it.
      return undefined;
    }
  }
}

/** Older versions stored the interval with fractions of a microsecond. */
function isAsSlow(givenIntervalMs: number, { intervalUs }: ResolvedRate): boolean {
  return Math.round(givenIntervalMs * 1_000) >= intervalUs;
}
