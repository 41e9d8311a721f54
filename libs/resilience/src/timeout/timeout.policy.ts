import type { Clock, Deadline } from '@loyalnest/core';
import { TimeoutQueue } from '@loyalnest/core/toolkit';
import { AbandonableRun } from '../policy/abandonable-run.js';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import { TimeoutError } from './timeout.error.js';
import type { ResolvedTimeout } from './timeout.options.js';

/**
 * Ends an attempt at its timeout, or at the caller's deadline if that comes first. Only then does
 * its signal abort. A later rejection of the abandoned work is handled.
 */
export class TimeoutPolicy implements Policy {
  readonly kind = 'timeout';
  readonly description: string;
  private readonly queue: TimeoutQueue<AbandonableRun>;

  constructor(
    private readonly name: string,
    private readonly options: ResolvedTimeout,
    private readonly clock: Clock,
  ) {
    const { timeoutMs } = options;
    this.description = `${timeoutMs} ms`;
    this.queue = new TimeoutQueue(clock, (run) => this.giveUp(run, timeoutMs));
  }

  wrap(next: Operation): Operation {
    const { queue, clock, options } = this;
    const leave = (run: AbandonableRun): void => queue.remove(run);
    return (call) => {
      const { deadline, stream } = call;
      if (stream !== undefined) return this.runStream(call, next);
      if (deadline !== undefined && deadline.remainingMs < options.timeoutMs) {
        return this.runUntil(deadline, call, next);
      }
      return new Promise((resolve, reject) => {
        const run = new AbandonableRun(call, resolve, reject, leave);
        run.dueAtMs = (call.startedAtMs || clock.monotonic()) + options.timeoutMs;
        queue.add(run);
        run.start(next);
      });
    };
  }

  private runUntil(deadline: Deadline, call: Call, next: Operation): Promise<unknown> {
    const timeoutMs = Math.ceil(deadline.remainingMs);
    return new Promise((resolve, reject) => {
      let grace: NodeJS.Immediate | undefined;
      const cancel = this.clock.schedule(() => {
        grace = setImmediate(() => this.giveUp(run, timeoutMs, deadline));
      }, timeoutMs);
      const run = new AbandonableRun(call, resolve, reject, () => {
        cancel();
        clearImmediate(grace);
      });
      run.start(next);
    });
  }

  /** Limits the wait for each value of an Observable. */
  private runStream(call: Call, next: Operation): Promise<unknown> {
    const stream = call.stream!;
    const startedAtMs = this.clock.monotonic();
    return new Promise((resolve, reject) => {
      let cancel = (): void => {};
      let grace: NodeJS.Immediate | undefined;
      const callersMs = Math.ceil(call.deadline?.remainingMs ?? 0);
      const leftMs = (): number => {
        const sinceMs = Math.max(startedAtMs, stream.lastValueAtMs ?? 0);
        const valueLeftMs = this.options.timeoutMs - (this.clock.monotonic() - sinceMs);
        return Math.min(valueLeftMs, call.deadline?.remainingMs ?? Infinity);
      };
      const wait = (): void => {
        cancel = this.clock.schedule(
          () => {
            grace = setImmediate(() => {
              if (leftMs() > 0) wait();
              else if (call.deadline?.expired) this.giveUp(run, callersMs, call.deadline);
              else this.giveUp(run, this.options.timeoutMs);
            });
          },
          Math.max(1, Math.ceil(leftMs())),
        );
      };
      const run = new AbandonableRun(call, resolve, reject, () => {
        cancel();
        clearImmediate(grace);
      });
      wait();
      run.start(next);
    });
  }

  private giveUp(run: AbandonableRun, timeoutMs: number, deadline?: Deadline): void {
    run.giveUp(new TimeoutError(this.name, timeoutMs, deadline?.source));
  }
}
