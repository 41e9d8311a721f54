import type { Clock } from '@loyalnest/core';
import type { ResolvedRate } from '@loyalnest/core/toolkit';
import type { JobEnvelope, ThrottleSlot } from '../job/job-envelope.js';
import type { RunnableJob } from '../job/runnable-job.js';
import type { QueueRegistry } from '../queue-registry.js';
import type { JobThrottle } from './job-throttle.js';

/**
 * Throttles again when a worker takes a job, for what the producer cannot know: the plan may have
 * become slower since, and retries come on top of new jobs. For a job whose slot is still valid
 * this costs one call to `planOf`.
 */
export class StartThrottle {
  constructor(
    private readonly registry: QueueRegistry,
    private readonly throttle: JobThrottle,
    private readonly clock: Clock,
  ) {}

  /** Whether the queue is throttled. */
  covers(queue: string): boolean {
    return this.registry.get(queue).throttled;
  }

  /** Returns the slot that the job must wait for, or undefined if it may run now. Never rejects. */
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
    // The job's own key exists, so it would count as a duplicate. This key never exists.
    const asNew = `${id}:start`;
    try {
      // A stored job is never refused; it waits as long as it takes.
      const [reserved] = await this.throttle.reserve(queue, merchantId!, plan, [asNew], Infinity);
      if (reserved?.kind !== 'slot' || reserved.delayMs === 0) return undefined;
      const { delayMs } = reserved;
      return { delayMs, slot: { attemptsMade, intervalMs, at: this.clock.now() + delayMs } };
    } catch {
      // Without Redis no wait can be stored. It is better to run the job than to fail it.
      return undefined;
    }
  }
}

/** Rounds, because older versions stored intervals with fractions of a microsecond. */
function isAsSlow(givenIntervalMs: number, { intervalUs }: ResolvedRate): boolean {
  return Math.round(givenIntervalMs * 1_000) >= intervalUs;
}
