import { Subject, takeUntil, type Observable } from 'rxjs';
import type { Stream } from './stream.js';

/**
 * Subscribes and forwards the values. Settles when the Observable completes or fails. An abort of
 * the signal unsubscribes, even in the middle of a synchronous emission.
 */
export function drainObservable(
  source: Observable<unknown>,
  stream: Stream,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    // A synchronous source emits before `subscribe` returns a subscription that could be ended.
    const abandoned = new Subject<void>();
    const onAbort = (): void => {
      reject(signal!.reason);
      abandoned.next();
    };
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    source.pipe(takeUntil(abandoned)).subscribe({
      next: (value) => stream.next(value),
      error: (error: unknown) => end(() => reject(error)),
      // After an abort, this has no effect: the promise is rejected already.
      complete: () => end(resolve),
    });
  });
}
