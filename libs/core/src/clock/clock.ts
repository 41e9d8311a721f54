/** Cancels a scheduled task. Has no effect after the task has run. */
export type CancelTimer = () => void;

/** A pending timer. */
export interface Timer {
  /** Cancels the task. Has no effect after the task has run. */
  readonly cancel: CancelTimer;
  /** Sets whether the pending timer keeps the process alive. */
  keepAlive(on: boolean): void;
}

/** Options of {@link Clock.sleep}. */
export interface SleepOptions {
  /** Ends the sleep at once. The promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the pending sleep keeps the process alive. @defaultValue true */
  readonly keepAlive?: boolean;
}

/**
 * Source of time. Everything in the suite that waits or measures time uses a clock, so tests can run on
 * virtual time. This class is also the injection token.
 */
export abstract class Clock {
  /** Wall clock in milliseconds since 1970. It may jump, so use it only for display and stored data. */
  abstract now(): number;

  /** Milliseconds of a clock that never goes backwards. Only differences are meaningful. */
  abstract monotonic(): number;

  /** Runs `task` once after `delayMs` milliseconds. */
  abstract schedule(task: () => void, delayMs: number, keepAlive?: boolean): CancelTimer;

  /**
   * Like `schedule`, for one timer that serves many waiting items. When none is left, `keepAlive(false)`
   * costs less than cancelling the timer and starting another one.
   */
  startTimer(task: () => void, delayMs: number): Timer {
    return { cancel: this.schedule(task, delayMs), keepAlive: () => {} };
  }

  /** Resolves after `ms` milliseconds. Leaves no listener on the signal. */
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
