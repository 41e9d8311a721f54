import { AsyncResource } from 'node:async_hooks';

/**
 * An abort controller whose listeners run in the async context in which it was created, whoever aborts
 * it. With a plain controller, the listeners of one call would run in the context of the caller that
 * leaves last, of a shared timer or of the shutdown.
 */
export class BoundAbortController extends AbortController {
  private context = new AsyncResource('LoyalNestAbort');

  /** Lets listeners run in the current context from now on. */
  bindHere(): void {
    this.context = new AsyncResource('LoyalNestAbort');
  }

  override abort(reason?: unknown): void {
    this.context.runInAsyncScope(() => super.abort(reason));
  }
}
