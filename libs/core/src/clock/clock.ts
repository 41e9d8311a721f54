/** Cancels what was scheduled; without effect once it has run. */
export type CancelTimer = () => void;

/** A timer that is waiting. */
export interface Timer {
  /** Without effect once the task has run. */
  readonly cancel: CancelTimer;
  /** Says whether the waiting timer keeps the process alive. */
  keepAlive(on: boolean): void;
}

export interface SleepOptions {
  /** Ends the sleep at once: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the pending sleep keeps the process alive. @defaultValue true */
  readonly keepAlive?: boolean;
}

/**
 * Source of time. Everything in the suite that waits or measures takes its time from a clock, so
 * that tests run on virtual time. Injected by this class as the token.
 */
export abstract class Clock {
  /** Wall clock in milliseconds since 1970. For display and stored data only: it may jump. */
  abstract now(): number;

  /** Milliseconds of a clock that never goes backwards; only differences mean something. */
  abstract monotonic(): number;

  /** Runs `task` once after `delayMs` milliseconds. */
  abstract schedule(task: () => void, delayMs: number, keepAlive?: boolean): CancelTimer;

  /**
   * Like `schedule`, for one timer that stands for many waiting things: it can be told when none of
   * them matters any more, which costs less than to cancel it and start another.
   */
  startTimer(task: () => void, delayMs: number): Timer {
    return { cancel: this.schedule(task, delayMs), keepAlive: () => {} };
  }

  /** Resolves after `ms` milliseconds; leaves no listener on the signal behind. */
  sleep(ms: number, { signal, keepAlive = true }: SleepOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        cancel();
        reject(signal!.reason);
      };
      const cancel = this.schedule(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        ms,
        keepAlive,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
