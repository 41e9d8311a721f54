import { DeadlineExceededError, Deadline, type Clock } from '@loyalnest/core';
import { AbandonableRun } from '../policy/abandonable-run.js';
import type { Call, Operation } from '../policy/call.js';
import type { Policy } from '../policy/policy.js';
import type { ResolvedDeadline } from './deadline.options.js';

/** Limits a whole call to its own deadline or to that of its caller, whichever is earlier. */
export class DeadlinePolicy implements Policy {
  readonly kind = 'deadline';
  readonly description: string;

  constructor(
    private readonly name: string,
    private readonly options: ResolvedDeadline,
    private readonly clock: Clock,
  ) {
    const { deadlineMs } = options;
    this.description = deadlineMs === Infinity ? "the caller's" : `${deadlineMs} ms`;
  }

  wrap(next: Operation): Operation {
    if (this.options.deadlineMs !== Infinity) return (call) => this.run(call, next);
    return (call) => (call.deadline === undefined ? next(call) : this.run(call, next));
  }

  private run(call: Call, next: Operation): Promise<unknown> {
    const { deadlineMs: ownMs } = this.options;
    const callersMs = call.deadline?.remainingMs ?? Infinity;
    const deadlineMs = Math.ceil(Math.min(ownMs, callersMs));
    const deadline = callersMs < ownMs ? call.deadline! : Deadline.after(ownMs, this.clock, 'own');
    const expired = (): DeadlineExceededError =>
      new DeadlineExceededError(this.name, deadlineMs, deadline.source);
    return new Promise((resolve, reject) => {
      if (deadlineMs === 0) {
        reject(expired());
        return;
      }
      let grace: NodeJS.Immediate | undefined;
      const cancel = this.clock.schedule(() => {
        // As with a timeout of an attempt, an answer that has already arrived wins.
        grace = setImmediate(() => run.giveUp(expired()));
      }, deadlineMs);
      const run = new AbandonableRun(call, resolve, reject, () => {
        cancel();
        clearImmediate(grace);
      });
      run.start(next, deadline);
    });
  }
}
