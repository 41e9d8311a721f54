import type { CancelTimer, Clock } from '@loyalnest/core';
import { AdaptiveLimit } from '@loyalnest/core/toolkit';
import { BulkheadFullError } from './bulkhead-full.error.js';
import type { ResolvedBulkhead } from './bulkhead.options.js';

/** A slot in a bulkhead. It is freed once, however often it is released. */
export class BulkheadPermit {
  private released = false;

  constructor(private readonly giveBack: () => void) {}

  release(): void {
    if (this.released) return;
    this.released = true;
    this.giveBack();
  }
}

interface Waiter {
  readonly grant: () => void;
}

export interface BulkheadSnapshot {
  readonly name: string;
  readonly running: number;
  readonly waiting: number;
  /** How many may run now: `maxConcurrent`, or what an adaptive bulkhead has found. */
  readonly limit: number;
  readonly maxConcurrent: number;
  readonly maxQueue: number;
}

/**
 * Slots for calls that run at the same time. A call that finds none waits for a permit, first come,
 * first served, and continues in its own async function. It never runs inside the call that freed
 * the slot, so no context passes from one to the other.
 */
export class Bulkhead {
  private running = 0;
  private readonly waiting = new Set<Waiter>();
  private limiter: AdaptiveLimit | undefined;
  private readonly giveBack = (): void => {
    this.running--;
    this.fill();
  };

  constructor(
    readonly name: string,
    private options: ResolvedBulkhead,
    private readonly clock: Clock,
  ) {
    this.limiter = this.limiterFor(options);
  }

  /** A permit, or undefined if all slots are taken. */
  tryAcquire(): BulkheadPermit | undefined {
    // Nobody waits while a slot is free, because a freed slot goes to the next waiter at once.
    if (this.running >= this.limit) return undefined;
    return this.take();
  }

  /**
   * Waits for a permit, at most `maxWaitMs`.
   *
   * @throws {@link BulkheadFullError}, or the reason of `signal` when it aborts
   */
  acquire(signal?: AbortSignal, maxWaitMs = this.options.maxWaitMs): Promise<BulkheadPermit> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const permit = this.tryAcquire();
    if (permit) return Promise.resolve(permit);
    this.limiter?.noteRefusal();
    if (this.waiting.size >= this.options.maxQueue) {
      return Promise.reject(this.full('queue-full'));
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.delete(waiter);
        cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal!.reason);
      };
      const waiter: Waiter = {
        grant: () => {
          leave();
          resolve(this.take());
        },
      };
      const cancel: CancelTimer = this.clock.schedule(() => {
        leave();
        reject(this.full('waited-too-long'));
      }, maxWaitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.add(waiter);
    });
  }

  /** Changes options in place. Running and waiting calls stay; new slots are filled at once. */
  update(options: ResolvedBulkhead): void {
    this.options = options;
    if (options.adaptive && this.limiter) this.limiter.update(options.adaptive);
    else this.limiter = this.limiterFor(options);
    this.fill();
  }

  get isAdaptive(): boolean {
    return this.limiter !== undefined;
  }

  /**
   * Takes the latency of a call that still holds its slot. Does nothing unless the bulkhead is adaptive.
   *
   * @param wasAnswered false if the call ended before the dependency had done its work: that says only that
   * the work takes longer
   */
  observe(latencyMs: number, wasAnswered: boolean): void {
    const { limiter, running } = this;
    if (!limiter) return;
    if (wasAnswered) limiter.observe(latencyMs, running);
    else limiter.observeCutOff(latencyMs, running);
    this.fill();
  }

  get maxWaitMs(): number {
    return this.options.maxWaitMs;
  }

  get releaseAfterMs(): number {
    return this.options.releaseAfterMs;
  }

  get snapshot(): BulkheadSnapshot {
    const { name, running, waiting, limit, options } = this;
    const { maxConcurrent, maxQueue } = options;
    return { name, running, waiting: waiting.size, limit, maxConcurrent, maxQueue };
  }

  private get limit(): number {
    return this.limiter?.limit ?? this.options.maxConcurrent;
  }

  private limiterFor({ adaptive }: ResolvedBulkhead): AdaptiveLimit | undefined {
    return adaptive && new AdaptiveLimit(adaptive, this.clock);
  }

  private take(): BulkheadPermit {
    this.running++;
    return new BulkheadPermit(this.giveBack);
  }

  private fill(): void {
    for (const waiter of this.waiting) {
      if (this.running >= this.limit) return;
      waiter.grant();
    }
  }

  private full(reason: 'queue-full' | 'waited-too-long'): BulkheadFullError {
    return new BulkheadFullError(this.name, reason, this.limit, this.options.maxWaitMs);
  }
}
