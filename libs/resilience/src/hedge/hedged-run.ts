import { BoundAbortController } from '@loyalnest/core/toolkit';
import { classifyCallError, isCallersDeadline } from '../classification/callers-end.js';
import type { Classifier } from '../classification/classifier.js';
import { discardResponse } from '../classification/discard-response.js';
import type { Call, Operation } from '../policy/call.js';
import { HedgeLostError } from './hedge-lost.error.js';

interface Settle {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** The attempts that run in parallel for one call. */
export class HedgedRun {
  /** Runs once, when the call has its result. */
  onEnd: () => void = () => {};
  private readonly running = new Map<AbortController, Promise<unknown>>();
  private ended = false;
  private readonly onAbort = (): void => this.giveUp();

  constructor(
    private readonly name: string,
    private readonly call: Call,
    private readonly next: Operation,
    private readonly classify: Classifier,
    private readonly settle: Settle,
  ) {
    call.signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  startAttempt(): void {
    const controller = new BoundAbortController();
    const work = this.next(this.call.under(controller));
    // The attempt itself may have made the caller leave.
    if (this.ended) this.call.abandon(work);
    this.running.set(controller, work);
    work.then(
      (value) => {
        this.running.delete(controller);
        const { outcome } = this.classify(value, false, isCallersDeadline(this.call));
        // A returned response with status 503: another attempt may answer better.
        if (outcome === 'failure' && this.running.size > 0) discardResponse(value);
        else this.end(new HedgeLostError(this.name), () => this.settle.resolve(value));
      },
      (error: unknown) => {
        this.running.delete(controller);
        // Other attempts may still answer, unless they would get the same answer.
        const { retryable } = classifyCallError(this.call, error, this.classify);
        if (this.running.size === 0 || !retryable) this.end(error, () => this.settle.reject(error));
      },
    );
  }

  private giveUp(): void {
    const reason: unknown = this.call.signal!.reason;
    this.end(reason, () => this.settle.reject(reason));
  }

  private end(reason: unknown, settle: () => void): void {
    if (this.ended) return;
    this.ended = true;
    this.onEnd();
    this.call.signal?.removeEventListener('abort', this.onAbort);
    for (const [controller, work] of this.running) {
      this.call.abandon(work);
      controller.abort(reason);
    }
    settle();
  }
}
