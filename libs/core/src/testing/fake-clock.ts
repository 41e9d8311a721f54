import { AsyncResource } from 'node:async_hooks';
import { Clock, type CancelTimer, type Timer } from '../clock/clock.js';

interface WaitingTimer {
  /** False after `keepAlive(false)`: nothing waits for the timer. */
  awaited: boolean;
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

/**
 * A clock that moves only when a test calls `advance`. It runs all due timers in order, and lets promises
 * settle in between, so timers that the woken code starts run too. Like a real timer, a task runs in the
 * async context in which it was scheduled.
 */
export class FakeClock extends Clock {
  private elapsed = 0;
  private scheduled = 0;
  private readonly timers = new Set<WaitingTimer>();

  /** @param startedAt what `now()` returns at first, in milliseconds since 1970 */
  constructor(private readonly startedAt = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): number {
    return this.startedAt + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  schedule(task: () => void, delayMs: number): CancelTimer {
    return this.startTimer(task, delayMs).cancel;
  }

  override startTimer(task: () => void, delayMs: number): Timer {
    const timer: WaitingTimer = {
      at: this.elapsed + delayMs,
      order: this.scheduled++,
      task: AsyncResource.bind(task),
      awaited: true,
    };
    this.timers.add(timer);
    return {
      cancel: () => this.timers.delete(timer),
      keepAlive: (on) => {
        timer.awaited = on;
      },
    };
  }

  /** Number of timers that something waits for. A test can assert that none is left. */
  get pendingTimers(): number {
    let pending = 0;
    for (const { awaited } of this.timers) if (awaited) pending++;
    return pending;
  }

  /** Moves time forward by `ms` milliseconds and runs the timers that become due. */
  async advance(ms: number): Promise<void> {
    const target = this.elapsed + ms;
    await settle();
    for (let due = this.nextDue(target); due; due = this.nextDue(target)) {
      this.timers.delete(due);
      this.elapsed = due.at;
      due.task();
      await settle();
    }
    this.elapsed = target;
  }

  private nextDue(target: number): WaitingTimer | undefined {
    let next: WaitingTimer | undefined;
    for (const timer of this.timers) {
      if (timer.at > target) continue;
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

/** Lets promise chains of any length settle: each turn of the event loop empties the microtask queue. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((done) => setImmediate(done));
}
