import { OptionError } from '@loyalnest/core';
import { reserveSlotsScript, returnSlotsScript } from '@loyalnest/core/toolkit';
import { Injectable, Logger } from '@nestjs/common';
import { QueueConnection } from '../connection/queue-connection.js';
import type { RegisteredQueue } from '../queue-registry.js';
import type { ResolvedThrottlePlan } from './throttle-plan.js';

export type SlotReservation =
  | { readonly kind: 'slot'; readonly delayMs: number }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly retryAfterMs: number };

/**
 * Gives each job of a throttled queue a slot by its merchant's plan. It fails open: a missing plan
 * must not stop the merchant's work.
 */
@Injectable()
export class JobThrottle {
  private readonly logger = new Logger('Queue');
  private failing = false;

  constructor(private readonly connection: QueueConnection) {}

  /** @throws OptionError for a throttled queue of an application without plans */
  check({ name, throttled }: RegisteredQueue): void {
    if (!throttled || this.connection.options.throttling) return;
    throw new OptionError(
      `queue('${name}').throttled`,
      throttled,
      'add throttling: { plans, planOf } to QueueModule.forRoot',
    );
  }

  /** The merchant's plan; undefined if its jobs are not throttled. Never rejects. */
  async planFor(
    queue: RegisteredQueue,
    merchantId: string | undefined,
  ): Promise<ResolvedThrottlePlan | undefined> {
    const { throttling } = this.connection.options;
    if (!queue.throttled || !throttling || merchantId === undefined) return undefined;
    try {
      const name = await this.inTime(throttling.planOf(merchantId));
      const plan = throttling.plans.get(name);
      if (!plan) {
        const known = [...throttling.plans.keys()].join(', ');
        throw new OptionError('queue.throttling.planOf', name, `return one of: ${known}`);
      }
      this.failing = false;
      return plan;
    } catch (error) {
      // One line for an outage, not one for each job.
      if (!this.failing) {
        this.logger.warn(
          `jobs are not throttled: ${error instanceof Error ? error.message : error}`,
        );
      }
      this.failing = true;
      return undefined;
    }
  }

  /**
   * Reserves one slot for each job id, in one step of Redis.
   *
   * @param maxDelayMs the longest delay; Infinity for a job that is stored already
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

  /** Gives back the slots of jobs that turned out to exist already. */
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

  private async inTime(answer: string | Promise<string>): Promise<string> {
    if (typeof answer === 'string') return answer;
    const { clock, producerTimeoutMs } = this.connection.options;
    // The other half of the time is for Redis.
    const limitMs = producerTimeoutMs / 2;
    let cancel: (() => void) | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      const late = (): void => reject(new Error(`planOf gave no plan in ${limitMs} ms`));
      cancel = clock.schedule(late, limitMs);
    });
    try {
      return await Promise.race([answer, limit]);
    } finally {
      cancel?.();
    }
  }
}

/** Whole milliseconds, as BullMQ takes them: never before the slot. */
function toMs(us: number): number {
  return Math.ceil(us / 1_000);
}
