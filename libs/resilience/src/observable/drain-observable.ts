import { type Observable } from 'rxjs';
import type { Stream } from './stream.js';

/**
 * Subscribes and forwards the values. Settles when the Observable completes or fails. An abort of
 * the signal unsubscribes.
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
    const onAbort = (): void => {
      subscription.unsubscribe();
      reject(signal!.reason);
    };
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const subscription = source.subscribe({
      next: (value) => stream.next(value),
      error: (error: unknown) => end(() => reject(error)),
      complete: () => end(resolve),
    });
    // A synchronous source may have made the subscriber unsubscribe already.
    if (signal?.aborted) subscription.unsubscribe();
  });
}
