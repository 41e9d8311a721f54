import type { Clock } from '@loyalnest/core';
import { JobTimeoutError } from './job-timeout.error.js';

/**
 * Settles when `run` settles, or rejects when `controller` aborts: after the time limit, in a
 * shutdown or on a lost lock.
 *
 * @throws JobTimeoutError after `timeoutMs`
 */
export function withinRunTime(
  clock: Clock,
  { name, timeoutMs }: { readonly name: string; readonly timeoutMs: number },
  controller: AbortController,
  run: () => Promise<unknown>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { signal } = controller;
    const onAbort = (): void => settle(() => reject(signal.reason));
    const cancelTimer = clock.schedule(
      () => controller.abort(new JobTimeoutError(name, timeoutMs)),
      timeoutMs,
    );
    const settle = (finish: () => void): void => {
      cancelTimer();
      signal.removeEventListener('abort', onAbort);
      finish();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) {
      onAbort();
      return;
    }
    Promise.resolve()
      .then(run)
      .then(
        () => settle(resolve),
        (error: unknown) => settle(() => reject(error)),
      );
  });
}
