import type { Clock, Timer } from '@loyalnest/core';
import type { AbandonableRun } from '../pipeline/abandonable-run.js';

/**
 * Runs that all have the same time to end, and therefore end in the order in which they began: one
 * timer for the first stands for all of them. When none runs, the timer no longer keeps the process
 * alive and is not renewed.
 *
 * After a blocked event loop timers run before the answers that already lie in the sockets. One turn
 * of the loop lets such an answer win.
 */
export class TimeoutQueue {
  private first: AbandonableRun | undefined;
  private last: AbandonableRun | undefined;
  private timer: Timer | undefined;
  private inGrace = false;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly expire: (run: AbandonableRun) => void,
  ) {}

  add(run: AbandonableRun, nowMs: number): void {
    run.dueAtMs = nowMs + this.timeoutMs;
    if (this.last === undefined) {
      this.first = run;
      if (this.timer !== undefined) this.timer.keepAlive(true);
      else if (!this.inGrace) this.arm(this.timeoutMs);
    } else {
      run.previous = this.last;
      this.last.next = run;
    }
    this.last = run;
  }

  remove(run: AbandonableRun): void {
    const { previous, next } = run;
    if (previous === undefined && this.first !== run) return;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    run.previous = undefined;
    run.next = undefined;
    if (this.first === undefined) this.timer?.keepAlive(false);
  }

  private arm(delayMs: number): void {
    this.timer = this.clock.startTimer(() => {
      this.timer = undefined;
      if (this.first === undefined) return;
      this.inGrace = true;
      setImmediate(() => this.expireDue());
    }, delayMs);
  }

  private expireDue(): void {
    this.inGrace = false;
    const nowMs = this.clock.monotonic();
    while (this.first !== undefined && this.first.dueAtMs <= nowMs) this.expire(this.first);
    // A timer may run a fraction of a millisecond early.
    if (this.first !== undefined && this.timer === undefined) {
      this.arm(Math.max(1, Math.ceil(this.first.dueAtMs - nowMs)));
    }
  }
}
