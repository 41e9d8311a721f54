import type { JobEnvelope, ThrottleSlot } from '../job/job-envelope.js';
import type { RunnableJob } from '../job/runnable-job.js';
import type { QueueRegistry } from '../queue-registry.js';
import type { JobThrottle } from './job-throttle.js';

/** Plans have no bound for a job that is stored already: it waits, however long. */
const NO_BOUND = -1;

/**
 * The backstop at the worker for what enqueueing can't know: a plan that shrank since, and retries,
 * which come on top of new jobs. A job whose slot still holds costs nothing but a look at its plan.
 */
export class StartThrottle {
  constructor(
    private readonly registry: QueueRegistry,
    private readonly throttle: JobThrottle,
  ) {}

  covers(queue: string): boolean {
    return this.registry.get(queue).throttled;
  }

  /** The later slot that the job must wait for; undefined if it may run now. Never rejects. */
  async slotFor(
    { id, queueName, attemptsMade }: RunnableJob,
    { context: { merchantId }, slot: given }: JobEnvelope,
  ): Promise<{ readonly delayMs: number; readonly slot: ThrottleSlot } | undefined> {
    const queue = this.registry.get(queueName);
    const plan = await this.throttle.planFor(queue, merchantId);
    if (!plan) return undefined;
    const { intervalMs } = plan;
    if (given?.attemptsMade === attemptsMade && given.intervalMs >= intervalMs) return undefined;
    // The job's own key exists, of course; this one never does.
    const asNew = `${id}:start`;
    try {
      const [reserved] = await this.throttle.reserve(queue, merchantId!, plan, [asNew], NO_BOUND);
      if (reserved?.kind !== 'slot' || reserved.delayMs === 0) return undefined;
      const { delayMs } = reserved;
      return { delayMs, slot: { attemptsMade, intervalMs, at: Date.now() + delayMs } };
    } catch {
      // Without Redis nothing can be stored about the job; it is better run than failed.
      return undefined;
    }
  }
}
