import { OptionError } from '@loyalnest/core';
import { reserveSlotsScript, returnSlotsScript, runOutsideContext } from '@loyalnest/core/toolkit';
import { Injectable, Logger } from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';
import type { RegisteredQueue } from '../queue-registry.js';
import type { ResolvedThrottlePlan } from './throttle-plan.js';

/** The result of a reservation for one job. */
export type SlotReservation =
  | { readonly kind: 'slot'; readonly delayMs: number }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly retryAfterMs: number };

/**
 * Reserves a slot for each job of a throttled queue, according to its merchant's plan. It fails
 * open: without a plan the job is not throttled.
 */
@Injectable()
export class JobThrottle {
  private readonly logger = new Logger('Queue');
  private failing = false;

  constructor(private readonly connection: QueueConnection) {}

  /** @throws OptionError if the queue is throttled and the module has no `throttling` option */
  check({ name, throttled }: RegisteredQueue): void {
    if (!throttled || this.connection.options.throttling) return;
    throw new OptionError(
      `queue('${name}').throttled`,
      throttled,
      'add throttling: { plans, planOf } to QueueModule.forRoot',
    );
  }

  /** Returns the merchant's plan, or undefined if its jobs are not throttled. Never rejects. */
  async planFor(
    queue: RegisteredQueue,
    merchantId: string | undefined,
  ): Promise<ResolvedThrottlePlan | undefined> {
    const { throttling } = this.connection.options;
    if (!queue.throttled || !throttling || merchantId === undefined) return undefined;
    try {
      const name = await this.withinTimeLimit(throttling.planOf(merchantId));
      const plan = throttling.plans.get(name);
      if (!plan) {
        const known = [...throttling.plans.keys()].join(', ');
        throw new OptionError('queue.throttling.planOf', name, `return one of: ${known}`);
      }
      this.failing = false;
      return plan;
    } catch (error) {
      // Log one line per outage, not one per job.
      if (!this.failing) {
        const line = `jobs are not throttled: ${error instanceof Error ? error.message : error}`;
        runOutsideContext(() => this.logger.warn(line));
      }
      this.failing = true;
      return undefined;
    }
  }

  /**
   * Reserves one slot for each job id, in one atomic step.
   *
   * @param maxDelayMs the longest delay; Infinity for a job that is already stored
   */
  async reserve(
    { bull }: RegisteredQueue,
    merchantId: string,
    plan: ResolvedThrottlePlan,
    jobIds: readonly string[],
    maxDelayMs: number = plan.maxDelayMs,
  ): Promise<readonly SlotReservation[]> {
    const { intervalUs, capacityUs } = plan.rate;
    const slots = await reserveSlotsScript.run(
      this.connection.producer,
      [this.keyOf(bull, merchantId), ...jobIds.map((id) => bull.toKey(id))],
      [intervalUs, capacityUs, maxDelayMs === Infinity ? -1 : maxDelayMs * 1_000],
    );
    return slots.map((slot) => {
      if (slot === -1) return { kind: 'duplicate' };
      if (slot <= -2)
        return { kind: 'refused', retryAfterMs: toMs(-2 - slot - maxDelayMs * 1_000) };
      return { kind: 'slot', delayMs: toMs(slot) };
    });
  }

  /** Returns the slots of jobs that turned out to be duplicates. */
  async giveBack(
    { bull }: RegisteredQueue,
    merchantId: string,
    { rate }: ResolvedThrottlePlan,
    slots: number,
  ): Promise<void> {
    const { producer } = this.connection;
    const keys = [this.keyOf(bull, merchantId)];
    await returnSlotsScript.run(producer, keys, [rate.intervalUs, slots]);
  }

  private keyOf(bull: RegisteredQueue['bull'], merchantId: string): string {
    return bull.toKey(`throttle:${merchantId}`);
  }

  private async withinTimeLimit(answer: string | Promise<string>): Promise<string> {
    if (typeof answer === 'string') return answer;
    const { clock, producerTimeoutMs } = this.connection.options;
    // The other half of the time limit is for Redis.
    const limitMs = producerTimeoutMs / 2;
    let cancel: (() => void) | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      const late = (): void => reject(new Error(`planOf returned no plan within ${limitMs} ms`));
      cancel = clock.schedule(late, limitMs);
    });
    try {
      return await Promise.race([answer, limit]);
    } finally {
      cancel?.();
    }
  }
}

/** BullMQ takes whole milliseconds; rounded up so that a job never starts before its slot. */
function toMs(us: number): number {
  return Math.ceil(us / 1_000);
}
