import type { Deadline } from '@loyalnest/core';
import { BoundAbortController, type Expiring } from '@loyalnest/core/toolkit';
import type { Call, Operation } from './call.js';

/**
 * A run of the rest of the pipeline that can be abandoned before it ends. It settles once. Its
 * signal aborts only if it is abandoned, in the context of the call and whoever abandons it; later
 * results of the work are ignored. No listener stays on the caller's signal.
 */
export class AbandonableRun implements Expiring<AbandonableRun> {
  /** Links, due time and context in the timeout queue that holds this run. */
  previous: AbandonableRun | undefined;
  next: AbandonableRun | undefined;
  dueAtMs = 0;
  /** The signal binds its listeners, and nothing else of the caller runs when this run expires. */
  readonly context = null;
  private controller: BoundAbortController | undefined;
  private work: Promise<unknown> | undefined;
  private onAbort: (() => void) | undefined;
  private ended = false;

  constructor(
    private readonly call: Call,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (reason: unknown) => void,
    private readonly onEnd: (run: AbandonableRun) => void,
  ) {}

  /** Created when it is first read, in the context of the call. Most methods never read it. */
  get signal(): AbortSignal {
    return (this.controller ??= new BoundAbortController()).signal;
  }

  start(operation: Operation, deadline?: Deadline): void {
    const { signal } = this.call;
    if (signal !== undefined) {
      if (signal.aborted) {
        this.giveUp(signal.reason);
        return;
      }
      this.onAbort = () => this.giveUp(signal.reason);
      signal.addEventListener('abort', this.onAbort, { once: true });
    }
    const work = operation(this.call.under(this, deadline));
    this.work = work;
    work.then(
      (value) => {
        if (this.end()) this.resolve(value);
      },
      (error: unknown) => {
        if (this.end()) this.reject(error);
      },
    );
    if (this.ended) this.call.abandon(work);
  }

  giveUp(reason: unknown): void {
    if (!this.end()) return;
    if (this.work) this.call.abandon(this.work);
    (this.controller ??= new BoundAbortController()).abort(reason);
    this.reject(reason);
  }

  /** False if the run had already ended. */
  private end(): boolean {
    if (this.ended) return false;
    this.ended = true;
    if (this.onAbort) this.call.signal!.removeEventListener('abort', this.onAbort);
    this.onEnd(this);
    return true;
  }
}
