import { DeadlineExceededError, type Clock } from '@loyalnest/core';
import { BoundAbortController } from '@loyalnest/core/toolkit';
import type { Call } from '../policy/call.js';

/**
 * One run of the work that several callers wait for. Each waits with its own signal and deadline.
 * The signal of the work aborts only when all of them have left, in the context of the work.
 */
export class Flight {
  readonly controller = new BoundAbortController();
  private waiting = 0;
  private result: Promise<unknown> | undefined;

  constructor(
    private readonly name: string,
    private readonly clock: Clock,
  ) {}

  start(work: Promise<unknown>): void {
    this.result = work;
    // Nobody may be waiting any more when it fails.
    work.catch(() => {});
  }

  /** Whether all callers have left: the work is aborted, and nobody may join. */
  get deserted(): boolean {
    return this.controller.signal.aborted;
  }

  wait({ signal, deadline }: Call): Promise<unknown> {
    this.waiting++;
    return new Promise((resolve, reject) => {
      let left = false;
      const leave = (): void => {
        left = true;
        signal?.removeEventListener('abort', onAbort);
        cancelTimer?.();
        this.waiting--;
      };
      const giveUp = (reason: unknown): void => {
        leave();
        if (this.waiting === 0) this.controller.abort(reason);
        reject(reason);
      };
      const onAbort = (): void => giveUp(signal!.reason);
      const remainingMs = deadline && Math.ceil(deadline.remainingMs);
      const cancelTimer =
        remainingMs === undefined
          ? undefined
          : this.clock.schedule(
              () => giveUp(new DeadlineExceededError(this.name, remainingMs, deadline!.source)),
              remainingMs,
            );
      if (signal?.aborted) {
        onAbort();
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.result!.then(
        (value) => {
          if (!left) leave();
          resolve(value);
        },
        (error: unknown) => {
          if (!left) leave();
          reject(error);
        },
      );
    });
  }
}
