import { currentContext, runInChildContext, type Clock } from '@loyalnest/core';
import type { Call, Operation, Policy } from '../pipeline/policy.js';
import { TimeoutError } from './timeout.error.js';
import type { ResolvedTimeout } from './timeout.options.js';

/**
 * Ends an attempt after its time, or at the caller's deadline if that comes first. The attempt's
 * signal is aborted then, and only then; the abandoned work can no longer reject unnoticed.
 */
export class TimeoutPolicy implements Policy {
  readonly kind = 'timeout';
  readonly description: string;

  constructor(
    private readonly name: string,
    private readonly options: ResolvedTimeout,
    private readonly clock: Clock,
  ) {
    this.description = `${options.timeoutMs} ms`;
  }

  wrap(next: Operation): Operation {
    return (call) => this.attempt(call, next);
  }

  private attempt(call: Call, next: Operation): Promise<unknown> {
    const remainingMs = currentContext()?.deadline?.remainingMs ?? Infinity;
    const timeoutMs = Math.min(this.options.timeoutMs, Math.ceil(remainingMs));
    const controller = new AbortController();
    const { signal } = controller;
    return new Promise((resolve, reject) => {
      const giveUp = (reason: unknown): void => {
        settle();
        controller.abort(reason);
        reject(reason);
      };
      // After a blocked event loop timers run before the answers that already lie in the sockets.
      // One turn of the loop lets such an answer win.
      const cancelTimer = this.clock.schedule(() => {
        grace = setImmediate(() => giveUp(new TimeoutError(this.name, timeoutMs)));
      }, timeoutMs);
      let grace: NodeJS.Immediate | undefined;
      const onAbort = (): void => giveUp(call.signal!.reason);
      const settle = (): void => {
        cancelTimer();
        if (grace) clearImmediate(grace);
        call.signal?.removeEventListener('abort', onAbort);
      };
      if (call.signal?.aborted) {
        giveUp(call.signal.reason);
        return;
      }
      call.signal?.addEventListener('abort', onAbort, { once: true });
      runInChildContext({ signal, attempt: call.attempt }, () => next({ ...call, signal })).then(
        (value) => {
          settle();
          resolve(value);
        },
        (error: unknown) => {
          settle();
          reject(error);
        },
      );
    });
  }
}
