import type { CancelTimer, Clock } from '@loyalnest/core';
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
  private readonly giveBack = (): void => {
    this.running--;
    this.fill();
  };

  constructor(
    readonly name: string,
    private options: ResolvedBulkhead,
    private readonly clock: Clock,
  ) {}

  /** A permit, or undefined if all slots are taken. */
  tryAcquire(): BulkheadPermit | undefined {
    // Nobody waits while a slot is free, because a freed slot goes to the next waiter at once.
    if (this.running >= this.options.maxConcurrent) return undefined;
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
    this.fill();
  }

  get maxWaitMs(): number {
    return this.options.maxWaitMs;
  }

  get releaseAfterMs(): number {
    return this.options.releaseAfterMs;
  }

  get snapshot(): BulkheadSnapshot {
    const { name, running, waiting, options } = this;
    const { maxConcurrent, maxQueue } = options;
    return { name, running, waiting: waiting.size, maxConcurrent, maxQueue };
  }

  private take(): BulkheadPermit {
    this.running++;
    return new BulkheadPermit(this.giveBack);
  }

  private fill(): void {
    for (const waiter of this.waiting) {
      if (this.running >= this.options.maxConcurrent) return;
      waiter.grant();
    }
  }

  private full(reason: 'queue-full' | 'waited-too-long'): BulkheadFullError {
    const { maxConcurrent, maxWaitMs } = this.options;
    return new BulkheadFullError(this.name, reason, maxConcurrent, maxWaitMs);
  }
}
